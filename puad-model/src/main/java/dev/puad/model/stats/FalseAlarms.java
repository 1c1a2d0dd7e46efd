package dev.puad.model.stats;

import org.apache.commons.math3.distribution.BetaDistribution;

/**
 * What is known of the share of new normal images that exceed a threshold.
 *
 * @param expected the rate to expect, in (0, 1)
 * @param least with 95 % confidence it is at least this, in [0, 1]
 * @param greatest with 95 % confidence it is at most this, in [least, 1]
 */
public record FalseAlarms(double expected, double least, double greatest) {

  private static final double CONFIDENCE = 0.95;

  /**
   * What normal images' scores say, of which some exceed the threshold: the interval is Clopper and
   * Pearson's, which holds whatever the scores' distribution, as long as new images are drawn like
   * these.
   *
   * @param exceeding fewer than there are images
   */
  public static FalseAlarms of(int exceeding, int images) {
    double tail = (1 - CONFIDENCE) / 2;
    double least =
        exceeding == 0
            ? 0
            : new BetaDistribution(exceeding, images - exceeding + 1.0)
                .inverseCumulativeProbability(tail);
    double greatest =
        new BetaDistribution(exceeding + 1.0, (double) images - exceeding)
            .inverseCumulativeProbability(1 - tail);
    return new FalseAlarms((exceeding + 1.0) / (images + 1.0), least, greatest);
  }

  /**
   * The number of images that it takes for the largest of their scores to bound the rate with 95 %
   * confidence: 299 for 1 %.
   *
   * @param rate in (0, 1)
   */
  public static int imagesToBound(double rate) {
    return (int) Math.ceil(Math.log(1 - CONFIDENCE) / Math.log1p(-rate));
  }
}
