package dev.puad.model.metric;

import dev.puad.model.BadInputException;
import java.io.Serializable;
import java.util.OptionalDouble;

/**
 * The scores of normal and of anomalous images, for the area under the ROC curve over images. Holds
 * the distinct scores of each with their counts; scores are compared in double.
 */
public final class RocState implements Serializable {

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
    long normals = normal.total();
    long anomalies = anomalous.total();
    if (normals == 0 || anomalies == 0) {
      return OptionalDouble.empty();
    }
    int normalSize = normal.size();
    int anomalousSize = anomalous.size();
    long halves = 0;
    long below = 0;
    int j = 0;
    for (int i = 0; i < anomalousSize; i++) {
      long key = anomalous.key(i);
      while (j < normalSize && normal.key(j) < key) {
        below += normal.count(j++);
      }
      long tied = j < normalSize && normal.key(j) == key ? normal.count(j) : 0;
      halves = Math.addExact(halves, Math.multiplyExact(anomalous.count(i), 2 * below + tied));
    }
    return OptionalDouble.of(halves / (2.0 * normals * anomalies));
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
}
