package dev.puad.jobs.train;

import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.model.BadInputException;
import dev.puad.model.Sha256;
import dev.puad.model.generate.GeneratedImage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * Natural images that networks are to know, such as those of EfficientAD's penalty term (section
 * 3.2): a folder's, listed but not opened, since there may be a million of them; or generated ones,
 * endless, which are drawn where they are wanted.
 *
 * @param root the folder's URI, or {@code generated}; empty for no images
 * @param images those of the folder, at any depth, in the order of their URIs; none if generated
 * @param fingerprint SHA-256 over the path from the folder and the length of every image; of
 *     generated images the generator's version
 */
public record NaturalImages(String root, List<String> images, String fingerprint) {

  /** No images. */
  public static final NaturalImages NONE = new NaturalImages("", List.of(), "");

  /** Those that {@link GeneratedImage} draws. */
  public static final NaturalImages GENERATED =
      new NaturalImages("generated", List.of(), "generated " + GeneratedImage.VERSION);

  public NaturalImages {
    images = List.copyOf(images);
  }

  /**
   * Lists a folder; one that is named like the word for generated images is {@code ./generated}.
   *
   * @param option that names the images, for messages
   * @param path of any Hadoop file system; {@code generated}; or empty for none
   * @throws BadInputException if it is missing or has no images
   */
  public static NaturalImages open(Configuration hadoop, String option, String path) {
    if (path.isEmpty()) {
      return NONE;
    }
    if (path.equals(GENERATED.root())) {
      return GENERATED;
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

  /** Whether there are no images. */
  public boolean isNone() {
    return root.equals(NONE.root());
  }

  /** Whether they are drawn, not read. */
  public boolean isGenerated() {
    return root.equals(GENERATED.root());
  }

  private static String fingerprint(FolderListing listing) {
    MessageDigest digest = Sha256.digest();
    for (ImageFile image : listing.images()) {
      String line = listing.relative(image) + " " + image.length() + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
