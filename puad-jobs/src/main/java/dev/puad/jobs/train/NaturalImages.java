package dev.puad.jobs.train;

import dev.puad.jobs.pipeline.FolderListing;
import dev.puad.jobs.pipeline.ImageFile;
import dev.puad.model.BadInputException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * Natural images that networks are to know, such as those of EfficientAD's penalty term (section
 * 3.2), listed but not opened: there may be a million of them.
 *
 * @param root the folder's URI; empty where there is none
 * @param images those of it, at any depth, in the order of their URIs
 * @param fingerprint SHA-256 over every image's path from the folder and its length
 */
public record NaturalImages(String root, List<String> images, String fingerprint) {

  /** No folder. */
  public static final NaturalImages NONE = new NaturalImages("", List.of(), "");

  public NaturalImages {
    images = List.copyOf(images);
  }

  /**
   * Lists a folder.
   *
   * @param option that names the folder, for messages
   * @param path of any Hadoop file system; empty for none
   * @throws BadInputException if it is missing or has no images
   */
  public static NaturalImages open(Configuration hadoop, String option, String path) {
    if (path.isEmpty()) {
      return NONE;
    }
    FolderListing listing = FolderListing.of(hadoop, path);
    List<ImageFile> images = listing.images();
    if (images.isEmpty()) {
      throw new BadInputException(
          "Cannot use %s %s: it has no images (png, jpg, jpeg, bmp). Correct the path."
              .formatted(option, path));
    }
    return new NaturalImages(
        listing.root(), images.stream().map(ImageFile::image).toList(), fingerprint(listing));
  }

  /** Whether there is no folder. */
  public boolean isNone() {
    return images.isEmpty();
  }

  private static String fingerprint(FolderListing listing) {
    MessageDigest digest = TrainingImages.sha256();
    for (ImageFile image : listing.images()) {
      String line = listing.relative(image) + " " + image.length() + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
