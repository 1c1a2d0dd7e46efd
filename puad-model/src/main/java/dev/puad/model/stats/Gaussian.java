package dev.puad.model.stats;

import breeze.linalg.DenseMatrix;
import breeze.linalg.DenseVector;
import breeze.linalg.eigSym;
import java.io.Serializable;

/**
 * A Gaussian of normal images' features, to measure how far an image lies from them (PUAD, section
 * 3.3).
 *
 * @param mean shape (d)
 * @param precision the pseudo-inverse of the covariance, shape (d, d) row-major
 */
public record Gaussian(double[] mean, double[] precision) implements Serializable {

  /** Eigenvalues below this share of the largest count as 0: the default of NumPy's pinv. */
  private static final double RELATIVE_CUTOFF = 1e-15;

  /** Two centred vectors are each other's opposite: Ledoit and Wolf would not shrink at all. */
  private static final int FEWEST_WITH_COVARIANCE = 3;

  public Gaussian {
    if (mean.length == 0 || precision.length != Math.multiplyExact(mean.length, mean.length)) {
      throw new IllegalArgumentException(
          "A precision of %d entries does not belong with a mean of %d."
              .formatted(precision.length, mean.length));
    }
  }

  /**
   * Fits the mean and the {@linkplain LedoitWolf Ledoit-Wolf} covariance.
   *
   * @throws IllegalStateException if there are no vectors
   */
  public static Gaussian fit(VectorMoments moments) {
    return new Gaussian(
        moments.mean(), pseudoInverse(LedoitWolf.covariance(moments), moments.dimension()));
  }

  /**
   * The same, but of one or two vectors a sphere: these have no covariance to shrink, and would
   * measure along one direction at most.
   *
   * @param all a state of more vectors, or the same one, whose mean variance the sphere takes
   * @throws IllegalStateException if there are no vectors
   */
  public static Gaussian fit(VectorMoments moments, VectorMoments all) {
    if (moments.count() >= FEWEST_WITH_COVARIANCE) {
      return fit(moments);
    }
    int d = moments.dimension();
    double[] covariance = all.covariance();
    double variance = 0;
    for (int i = 0; i < d; i++) {
      variance += covariance[i * d + i] / d;
    }
    double[] precision = new double[d * d];
    for (int i = 0; i < d && variance > 0; i++) {
      precision[i * d + i] = 1 / variance;
    }
    return new Gaussian(moments.mean(), precision);
  }

  /** The length of the feature vectors. */
  public int dimension() {
    return mean.length;
  }

  /**
   * The Mahalanobis distance sqrt(max(0, (x − μ)ᵀ P (x − μ))), at least 0.
   *
   * @param features shape (d)
   * @throws IllegalArgumentException if the length is not d
   */
  public double mahalanobis(double[] features) {
    int d = mean.length;
    if (features.length != d) {
      throw new IllegalArgumentException(
          "%d features do not belong with a Gaussian of dimension %d."
              .formatted(features.length, d));
    }
    double[] difference = new double[d];
    for (int i = 0; i < d; i++) {
      difference[i] = features[i] - mean[i];
    }
    double squared = 0;
    for (int i = 0; i < d; i++) {
      double row = 0;
      for (int j = 0; j < d; j++) {
        row += precision[i * d + j] * difference[j];
      }
      squared += difference[i] * row;
    }
    return Math.sqrt(Math.max(0, squared));
  }

  /** As {@link #mahalanobis(double[])}, in double, for single precision features. */
  public double mahalanobis(float[] features) {
    double[] wide = new double[features.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = features[i];
    }
    return mahalanobis(wide);
  }

  /**
   * A matrix A with A Aᵀ = P, shape (d, d) row-major, so that the distance is the length of Aᵀ (x −
   * μ). By eigenvalues, not Cholesky's: a precision of fewer vectors than dimensions may be
   * singular.
   */
  public double[] precisionFactor() {
    int d = mean.length;
    double[] symmetric = new double[d * d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        symmetric[i * d + j] = (precision[i * d + j] + precision[j * d + i]) / 2;
      }
    }
    Decomposition decomposition = Decomposition.of(symmetric, d);
    double[] factor = new double[d * d];
    for (int k = 0; k < d; k++) {
      double root = Math.sqrt(Math.max(0, decomposition.eigenvalues()[k]));
      for (int i = 0; i < d; i++) {
        factor[i * d + k] = root * decomposition.columns()[k * d + i];
      }
    }
    return factor;
  }

  /** Eigenvalues of a symmetric matrix, and its eigenvectors one after the other. */
  private record Decomposition(double[] eigenvalues, double[] columns) {

    static Decomposition of(double[] symmetric, int d) {
      eigSym.EigSym<DenseVector<Object>, DenseMatrix<Object>> found =
          eigSym.EigSym_DM_Impl$.MODULE$.apply(new DenseMatrix<>(d, d, symmetric.clone()));
      return new Decomposition(
          (double[]) found.eigenvalues().data(), (double[]) found.eigenvectors().data());
    }
  }

  /**
   * NumPy's pinv of a symmetric matrix, whose singular values are the sizes of its eigenvalues.
   *
   * @param symmetric shape (d, d)
   */
  private static double[] pseudoInverse(double[] symmetric, int d) {
    Decomposition decomposition = Decomposition.of(symmetric, d);
    double[] eigenvalues = decomposition.eigenvalues();
    double[] columns = decomposition.columns();
    double largest = 0;
    for (double eigenvalue : eigenvalues) {
      largest = Math.max(largest, Math.abs(eigenvalue));
    }
    double[] inverse = new double[d * d];
    for (int k = 0; k < d; k++) {
      if (Math.abs(eigenvalues[k]) <= RELATIVE_CUTOFF * largest) {
        continue;
      }
      for (int i = 0; i < d; i++) {
        double scaled = columns[k * d + i] / eigenvalues[k];
        for (int j = 0; j < d; j++) {
          inverse[i * d + j] += scaled * columns[k * d + j];
        }
      }
    }
    return inverse;
  }
}
