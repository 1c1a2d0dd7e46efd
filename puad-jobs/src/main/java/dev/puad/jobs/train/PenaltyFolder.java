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
 * The natural images of EfficientAD's penalty term (section 3.2), listed but not opened: there may
 * be a million of them.
 *
 * @param root the folder's URI; empty where there is none
 * @param images those of it, at any depth, in the order of their URIs; none where training does
 *     without the term
 * @param fingerprint SHA-256 over every image's path from the folder and its length
 */
public record PenaltyFolder(String root, List<String> images, String fingerprint) {

  /** No folder: training does without the penalty term. */
  public static final PenaltyFolder NONE = new PenaltyFolder("", List.of(), "");

  public PenaltyFolder {
    images = List.copyOf(images);
  }

  /**
   * Lists a folder.
   *
   * @param path of any Hadoop file system; empty for none
   * @throws BadInputException if it is missing or has no images
   */
  public static PenaltyFolder open(Configuration hadoop, String path) {
    if (path.isEmpty()) {
      return NONE;
    }
    FolderListing listing = FolderListing.of(hadoop, path);
    List<ImageFile> images = listing.images();
    if (images.isEmpty()) {
      throw new BadInputException(
          "Cannot use --penalty-images %s: it has no images (png, jpg, jpeg, bmp). Correct the path."
              .formatted(path));
    }
    return new PenaltyFolder(
        listing.root(), images.stream().map(ImageFile::image).toList(), fingerprint(listing));
  }

  /** Whether training does without the penalty term. */
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
