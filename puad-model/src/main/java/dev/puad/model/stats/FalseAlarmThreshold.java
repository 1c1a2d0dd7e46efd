package dev.puad.model.stats;

import dev.puad.model.BadInputException;
import java.util.Arrays;

/**
 * A threshold on normal images' scores at a stated false-alarm rate; an image is anomalous if its
 * score is greater.
 *
 * <p>What a rate means depends on the number n of scores. On the n scores themselves only the rates
 * k/n occur, and the threshold takes the largest that does not exceed the one asked for. A new
 * normal image, drawn like the others, exceeds a threshold that k of the n exceed with probability
 * at most (k + 1)/(n + 1): no threshold among n scores promises new images a rate below 1/(n + 1).
 * With 50 images that is 2 %; a promise of 1 % takes 99 images.
 *
 * @param value the threshold: one of the scores
 * @param exceeding how many of the scores are greater
 * @param images the number of scores
 */
public record FalseAlarmThreshold(double value, int exceeding, int images) {

  /**
   * The smallest score that at most the given share of the scores exceeds: the quantile 1 − rate by
   * NumPy's method "inverted_cdf", never interpolated.
   *
   * @param scores scores of normal images, in any order
   * @param rate the greatest share of false alarms, in [0, 1); 0 gives the greatest score
   * @throws BadInputException if there are no scores, one is NaN, or the rate is out of range
   */
  public static FalseAlarmThreshold of(double[] scores, double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new BadInputException(
          "Cannot set a false-alarm rate of %s: choose one from 0 to below 1.".formatted(rate));
    }
    if (scores.length == 0) {
      throw new BadInputException(
          "Cannot set a threshold from 0 scores: add normal images for validation.");
    }
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    if (Double.isNaN(sorted[sorted.length - 1])) {
      throw new BadInputException(
          "Cannot set a threshold from scores with NaN: train the network again.");
    }
    int exceeding = 0;
    double value = sorted[sorted.length - 1];
    for (int i = sorted.length - 2; i >= 0; i--) {
      if (sorted[i] == value) {
        continue;
      }
      int above = sorted.length - 1 - i;
      if ((double) above / sorted.length > rate) {
        break;
      }
      exceeding = above;
      value = sorted[i];
    }
    return new FalseAlarmThreshold(value, exceeding, sorted.length);
  }

  /** The share of the scores that exceed the threshold. */
  public double rate() {
    return (double) exceeding / images;
  }

  /**
   * The greatest probability that a new normal image exceeds it: (exceeding + 1) / (images + 1).
   */
  public double expectedRate() {
    return (exceeding + 1.0) / (images + 1.0);
  }
}
