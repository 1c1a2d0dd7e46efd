package dev.puad.model.stats;

import dev.puad.model.BadInputException;
import java.io.Serializable;

/**
 * Mean and scatter of feature vectors, with the two higher moments that Ledoit-Wolf shrinkage
 * needs, in one pass that merges.
 *
 * <p>With d = x − μ about the current mean μ, the state holds n, μ, S = Σ d dᵀ, q = Σ ‖d‖⁴ and c =
 * Σ ‖d‖² d. When μ moves by δ, and because Σ d = 0, these become
 *
 * <pre>
 *   S' = S + n δδᵀ
 *   q' = q − 4 δ·c + 4 δᵀSδ + 2 ‖δ‖² tr S + n ‖δ‖⁴
 *   c' = c − 2 Sδ − (tr S + n ‖δ‖²) δ
 * </pre>
 *
 * so that two states merge by moving both to the common mean and adding. No term exceeds the order
 * of q', so nothing cancels. An empty state takes the dimension of what it is given first. One
 * vector costs O(d²), the state holds d(d + 1)/2 + 2 d numbers.
 */
public final class VectorMoments implements Serializable {

  private static final long serialVersionUID = 1L;

  private long count;
  private double[] mean = new double[0];

  /** Upper triangle, row by row. */
  private double[] scatter = new double[0];

  private double fourthMoment;
  private double[] cubicMoment = new double[0];

  /**
   * Adds one vector, and returns this state.
   *
   * @throws BadInputException if an entry is not finite
   * @throws IllegalArgumentException if the length differs from the vectors before
   */
  public VectorMoments add(double[] vector) {
    requireDimension(vector.length);
    for (int i = 0; i < vector.length; i++) {
      if (!Double.isFinite(vector[i])) {
        throw new BadInputException(
            "Cannot use a feature vector with %s at %d: train the network again."
                .formatted(vector[i], i));
      }
    }
    VectorMoments single = new VectorMoments();
    single.reserve(vector.length);
    single.count = 1;
    single.mean = vector;
    absorb(single);
    return this;
  }

  /** As {@link #add(double[])}, for single precision features; the moments are in double. */
  public VectorMoments add(float[] vector) {
    double[] wide = new double[vector.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = vector[i];
    }
    return add(wide);
  }

  /**
   * Merges another state into this one, and returns this; the other stays as it is.
   *
   * @throws IllegalArgumentException if the states have different dimensions
   */
  public VectorMoments mergeWith(VectorMoments other) {
    if (other.count > 0) {
      requireDimension(other.mean.length);
      absorb(other);
    }
    return this;
  }

  /** The number of vectors. */
  public long count() {
    return count;
  }

  /** The length of the vectors; 0 while there are none. */
  public int dimension() {
    return mean.length;
  }

  /**
   * The mean vector, shape (d).
   *
   * @throws IllegalStateException if there are no vectors
   */
  public double[] mean() {
    requireVectors();
    return mean.clone();
  }

  /**
   * The empirical covariance S / n (ddof 0), shape (d, d) row-major.
   *
   * @throws IllegalStateException if there are no vectors
   */
  public double[] covariance() {
    requireVectors();
    int d = mean.length;
    double[] covariance = new double[d * d];
    int k = 0;
    for (int i = 0; i < d; i++) {
      for (int j = i; j < d; j++) {
        double value = scatter[k++] / count;
        covariance[i * d + j] = value;
        covariance[j * d + i] = value;
      }
    }
    return covariance;
  }

  /**
   * The mean of ‖x − μ‖⁴.
   *
   * @throws IllegalStateException if there are no vectors
   */
  public double meanFourthPower() {
    requireVectors();
    return fourthMoment / count;
  }

  private void absorb(VectorMoments other) {
    int d = other.mean.length;
    if (count == 0) {
      reserve(d);
    }
    long total = count + other.count;
    double[] shift = new double[d];
    double[] otherShift = new double[d];
    double share = (double) other.count / total;
    double otherShare = (double) count / total;
    for (int i = 0; i < d; i++) {
      double difference = other.mean[i] - mean[i];
      shift[i] = difference * share;
      otherShift[i] = -difference * otherShare;
    }
    double[] cubic = new double[d];
    double fourth = moved(shift, cubic) + other.moved(otherShift, cubic);
    int k = 0;
    for (int i = 0; i < d; i++) {
      for (int j = i; j < d; j++) {
        scatter[k] +=
            other.scatter[k]
                + count * shift[i] * shift[j]
                + other.count * otherShift[i] * otherShift[j];
        k++;
      }
      mean[i] += shift[i];
    }
    fourthMoment = fourth;
    cubicMoment = cubic;
    count = total;
  }

  /** The fourth moment about μ + shift; adds the cubic moment about it to {@code cubicSum}. */
  private double moved(double[] shift, double[] cubicSum) {
    int d = mean.length;
    double[] scatterShift = new double[d];
    double trace = 0;
    int k = 0;
    for (int i = 0; i < d; i++) {
      trace += scatter[k];
      scatterShift[i] += scatter[k++] * shift[i];
      for (int j = i + 1; j < d; j++) {
        double value = scatter[k++];
        scatterShift[i] += value * shift[j];
        scatterShift[j] += value * shift[i];
      }
    }
    double squaredShift = dot(shift, shift);
    for (int i = 0; i < d; i++) {
      cubicSum[i] +=
          cubicMoment[i] - 2 * scatterShift[i] - (trace + count * squaredShift) * shift[i];
    }
    return fourthMoment
        - 4 * dot(shift, cubicMoment)
        + 4 * dot(shift, scatterShift)
        + 2 * squaredShift * trace
        + count * squaredShift * squaredShift;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private void reserve(int dimension) {
    mean = new double[dimension];
    scatter = new double[Math.multiplyExact(dimension, dimension + 1) / 2];
    cubicMoment = new double[dimension];
  }

  private void requireDimension(int dimension) {
    if (dimension == 0 || (count > 0 && mean.length != dimension)) {
      throw new IllegalArgumentException(
          "A vector of length %d does not belong with vectors of length %d."
              .formatted(dimension, mean.length));
    }
  }

  private void requireVectors() {
    if (count == 0) {
      throw new IllegalStateException("No vectors were added: moments are undefined.");
    }
  }
}
