package dev.puad.model.stats;

import dev.puad.model.BadInputException;
import java.io.Serializable;

/**
 * Count, mean and squared deviation of a score, by Welford's update and Chan's merge: what PUAD's
 * score normalisation (section 3.4) takes from the validation images.
 */
public final class ScalarMoments implements Serializable {

  private static final long serialVersionUID = 1L;

  private long count;
  private double mean;
  private double squaredDeviation;

  /**
   * Adds one value, and returns this state.
   *
   * @throws BadInputException if the value is not finite
   */
  public ScalarMoments add(double value) {
    if (!Double.isFinite(value)) {
      throw new BadInputException(
          "Cannot normalise scores with %s among them: train the network again.".formatted(value));
    }
    absorb(1, value, 0);
    return this;
  }

  /** Merges another state into this one, and returns this; the other stays as it is. */
  public ScalarMoments mergeWith(ScalarMoments other) {
    if (other.count > 0) {
      absorb(other.count, other.mean, other.squaredDeviation);
    }
    return this;
  }

  /** The number of values. */
  public long count() {
    return count;
  }

  /**
   * The arithmetic mean.
   *
   * @throws IllegalStateException if there are no values
   */
  public double mean() {
    requireValues();
    return mean;
  }

  /**
   * The standard deviation of the values as a population (ddof 0), as PUAD normalises its scores.
   *
   * @throws IllegalStateException if there are no values
   */
  public double standardDeviation() {
    requireValues();
    return Math.sqrt(squaredDeviation / count);
  }

  private void absorb(long otherCount, double otherMean, double otherSquaredDeviation) {
    long total = count + otherCount;
    double difference = otherMean - mean;
    double share = (double) otherCount / total;
    squaredDeviation += otherSquaredDeviation + difference * difference * count * share;
    mean += difference * share;
    count = total;
  }

  private void requireValues() {
    if (count == 0) {
      throw new IllegalStateException("No values were added: moments are undefined.");
    }
  }
}
