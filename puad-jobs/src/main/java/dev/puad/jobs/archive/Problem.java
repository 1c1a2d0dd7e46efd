package dev.puad.jobs.archive;

import dev.puad.model.image.RejectReason;
import java.time.Duration;

/**
 * Why something cannot be read.
 *
 * @param error in a sentence
 */
public record Problem(RejectReason reason, String error) {

  /** What is told of a storage that did not answer in time. */
  public static String silence(Duration patience) {
    return "the storage was silent for %d s".formatted(patience.toSeconds());
  }
}
