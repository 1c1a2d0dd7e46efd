package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.model.BadInputException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;

/** Finds the categories that a path names: itself, or the folders right below it. */
public final class CategoryFolders {

  private CategoryFolders() {}

  /**
   * The path itself, if it is a category's with training images, else the URIs of such folders in
   * it, by name.
   *
   * @throws BadInputException if there is none
   */
  public static List<String> toTrain(Configuration hadoop, String folder) {
    return find(hadoop, folder, "train on", "images in train/good", List.of("train/"));
  }

  /**
   * The path itself, if it is a category's with test images or ground truth, else the URIs of such
   * folders in it, by name.
   *
   * @throws BadInputException if there is none
   */
  public static List<String> toEvaluate(Configuration hadoop, String folder) {
    return find(
        hadoop,
        folder,
        "evaluate",
        "test images or ground truth",
        List.of("test/", "ground_truth/"));
  }

  private static List<String> find(
      Configuration hadoop, String folder, String purpose, String need, List<String> parts) {
    FolderListing listing = FolderListing.of(hadoop, folder);
    if (listing.files().stream().anyMatch(file -> file.image().equals(listing.root()))) {
      throw new BadInputException(
          "Cannot %s %s: it is a file. Name a category's folder.".formatted(purpose, folder));
    }
    int below = listing.root().length() + 1;
    Set<String> categories = new TreeSet<>();
    for (ImageFile file : listing.files()) {
      String relative = listing.relative(file);
      if (parts.stream().anyMatch(relative::startsWith)) {
        return List.of(folder);
      }
      int slash = relative.indexOf('/');
      if (slash > 0
          && !FolderListing.isHidden(relative)
          && parts.stream().anyMatch(part -> relative.startsWith(part, slash + 1))) {
        categories.add(file.image().substring(0, file.image().indexOf('/', below)));
      }
    }
    if (categories.isEmpty()) {
      throw new BadInputException(
          ("Cannot %s %s: neither it nor a folder in it has %s. Name a category's folder in LOCO"
                  + " or MVTec AD layout.")
              .formatted(purpose, folder, need));
    }
    return List.copyOf(categories);
  }
}
