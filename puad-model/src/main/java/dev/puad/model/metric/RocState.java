package dev.puad.model.metric;

import dev.puad.model.BadInputException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * The scores of normal and of anomalous images, for metrics of how well an image's score tells one
 * from the other. Holds the distinct scores of each with their counts, and takes time in proportion
 * to the distinct scores for a metric; scores are compared in double.
 */
public final class RocState implements Merging<RocState> {

  private static final long serialVersionUID = 1L;

  private final SortedTally normal = new SortedTally();
  private final SortedTally anomalous = new SortedTally();

  /**
   * Adds the score of a normal image, and returns this state.
   *
   * @throws BadInputException if the score is NaN
   */
  public RocState addNormal(double score) {
    normal.add(key(score));
    return this;
  }

  /**
   * Adds the score of an anomalous image, and returns this state.
   *
   * @throws BadInputException if the score is NaN
   */
  public RocState addAnomalous(double score) {
    anomalous.add(key(score));
    return this;
  }

  /** Merges another state into this one, and returns this; the other's scores stay as they are. */
  @Override
  public RocState mergeWith(RocState other) {
    normal.mergeWith(other.normal);
    anomalous.mergeWith(other.anomalous);
    return this;
  }

  /** The number of normal images. */
  public long normalCount() {
    return normal.total();
  }

  /** The number of anomalous images. */
  public long anomalousCount() {
    return anomalous.total();
  }

  /**
   * The probability that an anomalous image scores higher than a normal one, ties counted half: in
   * [0, 1], exact up to one rounding. Empty unless there are images of both kinds.
   */
  public OptionalDouble auroc() {
    return ofCurve(RocCurve::area);
  }

  /**
   * A confidence interval of {@link #auroc()} by the method of DeLong, DeLong and Clarke-Pearson
   * (1988): normal, with the variance of the structural components, cut to [0, 1]. Where those do
   * not vary, the interval is a point, whatever the number of images: [1, 1] where every anomalous
   * image scores above every normal one. Empty unless there are two images of each kind.
   *
   * @param confidence the share of such intervals that hold the true value, in (0, 1)
   * @throws IllegalArgumentException if the confidence is out of range
   */
  public Optional<Interval> aurocInterval(double confidence) {
    if (!(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException(
          "Cannot make an interval of confidence %s: it must lie in (0, 1).".formatted(confidence));
    }
    if (normal.total() < 2 || anomalous.total() < 2) {
      return Optional.empty();
    }
    return curve().map(curve -> curve.interval(confidence));
  }

  /**
   * The mean over anomalous images of the precision where each is just found, that is, the sum over
   * distinct scores, descending, of the rise in recall times the precision there; in (0, 1]. Empty
   * unless there are images of both kinds.
   */
  public OptionalDouble averagePrecision() {
    return ofCurve(RocCurve::averagePrecision);
  }

  /**
   * The greatest F1 over thresholds, where images that score at least the threshold count as found.
   * Empty unless there are images of both kinds.
   */
  public Optional<BestF1> bestF1() {
    return curve().map(RocCurve::bestF1);
  }

  /**
   * The share of anomalous images that score above a threshold, in [0, 1]; as where a model decides
   * which images are anomalous, one at the threshold is not. Empty without anomalous images.
   *
   * @throws IllegalArgumentException if the threshold is NaN
   */
  public OptionalDouble recall(double threshold) {
    return shareAbove(threshold, anomalous);
  }

  /**
   * The share of normal images that score above a threshold, in [0, 1]. Empty without normal
   * images.
   *
   * @throws IllegalArgumentException if the threshold is NaN
   */
  public OptionalDouble falseAlarmRate(double threshold) {
    return shareAbove(threshold, normal);
  }

  /** The curve that the finishers read; empty unless there are images of both kinds. */
  Optional<RocCurve> curve() {
    int i = normal.size() - 1;
    int j = anomalous.size() - 1;
    if (i < 0 || j < 0) {
      return Optional.empty();
    }
    double[] thresholds = new double[i + j + 3];
    long[] normals = new long[thresholds.length];
    long[] anomalies = new long[thresholds.length];
    thresholds[0] = Double.POSITIVE_INFINITY;
    int points = 1;
    while (i >= 0 || j >= 0) {
      long key =
          i < 0
              ? anomalous.key(j)
              : j < 0 ? normal.key(i) : Math.max(normal.key(i), anomalous.key(j));
      thresholds[points] = score(key);
      normals[points] = normals[points - 1];
      anomalies[points] = anomalies[points - 1];
      if (i >= 0 && normal.key(i) == key) {
        normals[points] += normal.count(i--);
      }
      if (j >= 0 && anomalous.key(j) == key) {
        anomalies[points] += anomalous.count(j--);
      }
      points++;
    }
    return Optional.of(
        new RocCurve(
            Arrays.copyOf(thresholds, points),
            Arrays.copyOf(normals, points),
            Arrays.copyOf(anomalies, points)));
  }

  static void requireNumber(double score) {
    if (Double.isNaN(score)) {
      throw new BadInputException("Cannot rank a score of NaN: score the image again.");
    }
  }

  /** Ordered as the scores are, with one key for both zeros. */
  private static long key(double score) {
    requireNumber(score);
    long bits = Double.doubleToRawLongBits(score + 0.0);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }

  private static double score(long key) {
    return Double.longBitsToDouble(key ^ ((key >> 63) & Long.MAX_VALUE));
  }

  private OptionalDouble ofCurve(ToDoubleFunction<RocCurve> metric) {
    return curve()
        .map(curve -> OptionalDouble.of(metric.applyAsDouble(curve)))
        .orElse(OptionalDouble.empty());
  }

  private static OptionalDouble shareAbove(double threshold, SortedTally scores) {
    if (Double.isNaN(threshold)) {
      throw new IllegalArgumentException("Cannot compare scores with a threshold of NaN.");
    }
    long key = key(threshold);
    long above = 0;
    for (int i = scores.size() - 1; i >= 0 && scores.key(i) > key; i--) {
      above += scores.count(i);
    }
    return scores.total() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) above / scores.total());
  }
}
