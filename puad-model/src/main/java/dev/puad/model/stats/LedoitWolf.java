package dev.puad.model.stats;

/**
 * Covariance shrunk towards a multiple of the identity (Ledoit and Wolf, "A well-conditioned
 * estimator for large-dimensional covariance matrices", 2004): PUAD's unpicturable score (section
 * 3.3) has fewer training images than channels, where the empirical covariance has no inverse.
 *
 * <p>With S the empirical covariance (ddof 0) of n vectors of dimension d and m = tr S / d:
 *
 * <pre>
 *   δ = ‖S − m I‖² / d
 *   β = min(δ, (mean ‖x − μ‖⁴ − ‖S‖²) / (d n))
 *   shrinkage = β / δ, covariance = (1 − shrinkage) S + shrinkage m I
 * </pre>
 */
public final class LedoitWolf {

  private LedoitWolf() {}

  /**
   * The shrinkage, in [0, 1]; 0 for one dimension, and where all vectors are equal.
   *
   * @throws IllegalStateException if there are no vectors
   */
  public static double shrinkage(VectorMoments moments) {
    return shrinkage(moments, moments.covariance());
  }

  /**
   * The shrunk covariance, shape (d, d) row-major.
   *
   * @throws IllegalStateException if there are no vectors
   */
  public static double[] covariance(VectorMoments moments) {
    double[] covariance = moments.covariance();
    int d = moments.dimension();
    double shrinkage = shrinkage(moments, covariance);
    double target = shrinkage * meanVariance(covariance, d);
    for (int i = 0; i < covariance.length; i++) {
      covariance[i] *= 1 - shrinkage;
    }
    for (int i = 0; i < d; i++) {
      covariance[i * d + i] += target;
    }
    return covariance;
  }

  private static double shrinkage(VectorMoments moments, double[] covariance) {
    int d = moments.dimension();
    if (d == 1) {
      return 0;
    }
    double meanVariance = meanVariance(covariance, d);
    double squares = 0;
    double distance = 0;
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        double value = covariance[i * d + j];
        double fromTarget = i == j ? value - meanVariance : value;
        squares += value * value;
        distance += fromTarget * fromTarget;
      }
    }
    double delta = distance / d;
    double beta =
        Math.min(delta, (moments.meanFourthPower() - squares) / ((double) d * moments.count()));
    // Rounding leaves β a little below 0 where every vector has the same deviation.
    return beta <= 0 ? 0 : beta / delta;
  }

  private static double meanVariance(double[] covariance, int d) {
    double trace = 0;
    for (int i = 0; i < d; i++) {
      trace += covariance[i * d + i];
    }
    return trace / d;
  }
}
