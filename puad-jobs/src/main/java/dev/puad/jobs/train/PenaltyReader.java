package dev.puad.jobs.train;

import dev.puad.jobs.pipeline.DecodeImages;
import dev.puad.model.BadInputException;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.PenaltyImage;
import dev.puad.model.image.RejectedImageException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Reads penalty images on executors, each just before its step.
 *
 * @param hadoop where they lie
 * @param limits what they may be
 * @param size the side of the networks' input
 */
record PenaltyReader(SerializableConfiguration hadoop, DecodeLimits limits, int size)
    implements Serializable {

  /** An image that cannot be used, and why. */
  record Rejected(String image, String reason) implements Serializable {}

  /**
   * The first of some images that is there and can be decoded. A storage that fails is no reason to
   * take another: the task is to be tried again, or the same seed would give other bits.
   *
   * @param rejects hears of those before it
   * @return [3, S, S], normalised
   * @throws BadInputException if there is none
   * @throws UncheckedIOException if the storage fails
   */
  float[] read(List<String> candidates, RandomGenerator random, Consumer<Rejected> rejects) {
    String reason = "";
    for (String image : candidates) {
      try {
        return PenaltyImage.prepare(DecodeImages.rgb(hadoop.value(), image, limits), size, random);
      } catch (RejectedImageException e) {
        reason = e.getMessage();
      } catch (FileNotFoundException e) {
        reason = "it cannot be read any more: " + e.getMessage();
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read penalty image " + image, e);
      }
      rejects.accept(new Rejected(image, reason));
    }
    throw new BadInputException(
        ("Cannot use --penalty-images: of %d images drawn from it none can be read, the last is %s:"
                + " %s. Replace the files or choose another folder.")
            .formatted(candidates.size(), candidates.get(candidates.size() - 1), reason));
  }
}
