package dev.puad.model.stats;

import dev.puad.model.BadInputException;
import java.io.Serializable;

/**
 * Count, mean and squared deviation of each channel of feature maps, over images and positions: the
 * statistics that EfficientAD normalises its teacher's features with.
 *
 * <p>Each image's channel is averaged in two passes in double and merged by Chan's formula, so
 * nothing is lost to the difference of two large sums. An empty state takes the number of channels
 * of what it is given first.
 */
public final class ChannelMoments implements Serializable {

  private static final long serialVersionUID = 1L;

  private long count;
  private double[] mean = new double[0];
  private double[] squaredDeviation = new double[0];

  /**
   * Adds one image's features, and returns this state.
   *
   * @param chw the features, shape (channels, positions) in C order: NCHW with N = 1
   * @param positions height times width, at least 1
   * @throws BadInputException if a feature is not finite
   * @throws IllegalArgumentException if the shape does not fit the array or this state
   */
  public ChannelMoments add(float[] chw, int channels, int positions) {
    if (channels < 1 || positions < 1 || (long) channels * positions != chw.length) {
      throw new IllegalArgumentException(
          "%d features do not fill %d channels of %d positions."
              .formatted(chw.length, channels, positions));
    }
    requireChannels(channels);
    double[] imageMean = new double[channels];
    double[] imageDeviation = new double[channels];
    for (int c = 0; c < channels; c++) {
      int start = c * positions;
      double sum = 0;
      for (int i = start; i < start + positions; i++) {
        sum += chw[i];
      }
      double channelMean = sum / positions;
      double deviation = 0;
      for (int i = start; i < start + positions; i++) {
        double difference = chw[i] - channelMean;
        deviation += difference * difference;
      }
      if (!Double.isFinite(deviation)) {
        throw new BadInputException(
            "Cannot use features with NaN or infinity in channel %d: check the network's weights."
                .formatted(c));
      }
      imageMean[c] = channelMean;
      imageDeviation[c] = deviation;
    }
    absorb(positions, imageMean, imageDeviation);
    return this;
  }

  /**
   * Merges another state into this one, and returns this; the other stays as it is.
   *
   * @throws IllegalArgumentException if the states have different numbers of channels
   */
  public ChannelMoments mergeWith(ChannelMoments other) {
    if (other.count > 0) {
      requireChannels(other.mean.length);
      absorb(other.count, other.mean, other.squaredDeviation);
    }
    return this;
  }

  /** The number of values in each channel: images times positions. */
  public long count() {
    return count;
  }

  /**
   * The mean of each channel, shape (channels).
   *
   * @throws IllegalStateException if nothing was added
   */
  public double[] mean() {
    if (count == 0) {
      throw new IllegalStateException("No features were added: the mean is undefined.");
    }
    return mean.clone();
  }

  /**
   * The standard deviation of each channel, shape (channels).
   *
   * @param ddof what is taken off the number of values: 1 for an unbiased variance, or 0
   * @throws IllegalStateException if a channel has no more values than that
   */
  public double[] standardDeviation(int ddof) {
    if (count <= ddof) {
      throw new IllegalStateException(
          "A standard deviation with ddof %d needs %d values a channel, not %d."
              .formatted(ddof, ddof + 1, count));
    }
    double[] deviation = new double[mean.length];
    for (int c = 0; c < deviation.length; c++) {
      deviation[c] = Math.sqrt(squaredDeviation[c] / (count - ddof));
    }
    return deviation;
  }

  private void requireChannels(int channels) {
    if (count > 0 && mean.length != channels) {
      throw new IllegalArgumentException(
          "Features of %d channels do not belong with features of %d channels."
              .formatted(channels, mean.length));
    }
  }

  private void absorb(long otherCount, double[] otherMean, double[] otherDeviation) {
    if (count == 0) {
      mean = new double[otherMean.length];
      squaredDeviation = new double[otherMean.length];
    }
    long total = count + otherCount;
    double share = (double) otherCount / total;
    for (int c = 0; c < mean.length; c++) {
      double difference = otherMean[c] - mean[c];
      squaredDeviation[c] += otherDeviation[c] + difference * difference * count * share;
      mean[c] += difference * share;
    }
    count = total;
  }
}
