package dev.puad.model.detect;

import dev.puad.model.BadInputException;
import dev.puad.model.stats.ScalarMoments;
import java.io.Serializable;

/**
 * Mean and standard deviation (ddof 0) of a score over the validation images (PUAD section 3.4).
 *
 * @param mean any finite value
 * @param standardDeviation positive
 */
public record ScoreNormalization(double mean, double standardDeviation) implements Serializable {

  public ScoreNormalization {
    if (!(Double.isFinite(mean) && standardDeviation > 0 && Double.isFinite(standardDeviation))) {
      throw new IllegalArgumentException(
          "Cannot normalise with mean %s and standard deviation %s."
              .formatted(mean, standardDeviation));
    }
  }

  /**
   * The normalisation of a score.
   *
   * @param name what to call the score in an error
   * @throws BadInputException if the score is the same for every validation image
   */
  public static ScoreNormalization of(String name, ScalarMoments moments) {
    double standardDeviation = moments.standardDeviation();
    if (!(standardDeviation > 0)) {
      throw new BadInputException(
          ("Cannot normalise the %s score: it is the same for all %d validation images. Add"
                  + " validation images.")
              .formatted(name, moments.count()));
    }
    return new ScoreNormalization(moments.mean(), standardDeviation);
  }

  /** The score in standard deviations from the mean. */
  public double z(double score) {
    return (score - mean) / standardDeviation;
  }
}
