package dev.puad.jobs.pipeline;

import dev.puad.model.BadInputException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;

/** Finds the categories that a path names: itself, or the folders right below it. */
public final class CategoryFolders {

  private static final String TRAIN = "train/";

  private CategoryFolders() {}

  /**
   * The path itself, if it is a category's, else the URIs of the categories' folders, by name.
   *
   * @throws BadInputException if there is none
   */
  public static List<String> find(Configuration hadoop, String folder) {
    FolderListing listing = FolderListing.of(hadoop, folder);
    if (listing.files().stream().anyMatch(file -> file.image().equals(listing.root()))) {
      throw new BadInputException(
          "Cannot train on %s: it is a file. Name a category's folder.".formatted(folder));
    }
    int below = listing.root().length() + 1;
    Set<String> categories = new TreeSet<>();
    for (ImageFile file : listing.files()) {
      String relative = listing.relative(file);
      if (relative.startsWith(TRAIN)) {
        return List.of(folder);
      }
      int slash = relative.indexOf('/');
      if (slash > 0 && !FolderListing.isHidden(relative) && relative.startsWith(TRAIN, slash + 1)) {
        categories.add(file.image().substring(0, file.image().indexOf('/', below)));
      }
    }
    if (categories.isEmpty()) {
      throw new BadInputException(
          ("Cannot train on %s: neither it nor a folder in it has images in train/good. Name a"
                  + " category's folder in LOCO or MVTec AD layout.")
              .formatted(folder));
    }
    return List.copyOf(categories);
  }
}
