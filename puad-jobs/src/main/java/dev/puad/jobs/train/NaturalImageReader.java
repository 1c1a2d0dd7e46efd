package dev.puad.jobs.train;

import dev.puad.jobs.pipeline.DecodeImages;
import dev.puad.model.BadInputException;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.RejectedImageException;
import dev.puad.model.image.RgbImage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Reads natural images on executors, or draws those that are generated, each just before its step.
 *
 * @param hadoop where files lie
 * @param limits what files may be
 * @param option that names their folder, and the folder, for messages
 * @param generatedSide width and height of a generated image in pixels
 */
public record NaturalImageReader(
    SerializableConfiguration hadoop, DecodeLimits limits, String option, int generatedSide)
    implements Serializable {

  /** An image that cannot be used, and why. */
  public record Rejected(String image, String reason) implements Serializable {}

  /**
   * The first of some images that is there and can be decoded. A storage that fails is no reason to
   * take another: the task is to be tried again, or the same seed would give other bits.
   *
   * @param rejects hears of those before it
   * @return it, a file's at its own size
   * @throws BadInputException if there is none
   * @throws UncheckedIOException if the storage fails
   */
  public RgbImage read(List<String> candidates, Consumer<Rejected> rejects) {
    String reason = "";
    for (String image : candidates) {
      try {
        return rgb(image);
      } catch (RejectedImageException e) {
        reason = e.getMessage();
      } catch (FileNotFoundException e) {
        reason = "it cannot be read any more: " + e.getMessage();
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read %s of %s".formatted(image, option), e);
      }
      rejects.accept(new Rejected(image, reason));
    }
    throw new BadInputException(
        ("Cannot use %s: of %d images drawn from it none can be read, the last is %s:"
                + " %s. Replace the files or choose another folder.")
            .formatted(option, candidates.size(), candidates.get(candidates.size() - 1), reason));
  }

  private RgbImage rgb(String image) throws IOException {
    Optional<GeneratedName> generated = GeneratedName.parse(image);
    return generated.isPresent()
        ? generated.get().draw(generatedSide)
        : DecodeImages.rgb(hadoop.value(), image, limits);
  }
}
