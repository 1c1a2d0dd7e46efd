package dev.puad.model.metric;

import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * How many images score at least each threshold, as it falls through the distinct scores. There are
 * images of both kinds.
 *
 * @param thresholds infinity, which stands for above every score, then the distinct scores,
 *     descending
 * @param normals the normal images that score at least each threshold, from 0 to all
 * @param anomalies the anomalous images that score at least each threshold, from 0 to all
 */
record RocCurve(double[] thresholds, long[] normals, long[] anomalies) {

  /** The area under the curve, in [0, 1], exact up to one rounding. */
  double area() {
    long halves = 0;
    for (int i = 1; i < thresholds.length; i++) {
      halves = Math.addExact(halves, Math.multiplyExact(tiedAnomalies(i), halvesBelow(i)));
    }
    return halves / (2.0 * allNormals() * allAnomalies());
  }

  /** See {@link RocState#aurocInterval}. */
  Interval interval(double confidence) {
    // The lower tail, since 1 minus a small one has few digits left.
    double deviations =
        -new NormalDistribution(null, 0, 1).inverseCumulativeProbability((1 - confidence) / 2);
    double area = area();
    double reach = deviations * Math.sqrt(variance(area));
    return new Interval(Math.max(area - reach, 0), Math.min(area + reach, 1));
  }

  /** See {@link RocState#averagePrecision}. */
  double averagePrecision() {
    double sum = 0;
    for (int i = 1; i < thresholds.length; i++) {
      sum += tiedAnomalies(i) * ((double) anomalies[i] / (anomalies[i] + normals[i]));
    }
    return sum / allAnomalies();
  }

  /** See {@link RocState#bestF1}. */
  BestF1 bestF1() {
    BestF1 best = new BestF1(0, Double.POSITIVE_INFINITY);
    for (int i = 1; i < thresholds.length; i++) {
      double f1 = 2.0 * anomalies[i] / (allAnomalies() + anomalies[i] + normals[i]);
      if (f1 >= best.f1()) {
        best = new BestF1(f1, thresholds[i]);
      }
    }
    return best;
  }

  /**
   * The area's variance, S₁₀ / m + S₀₁ / n, of DeLong et al. (1988), of m anomalous and n normal
   * images: an anomalous image's component is the share of normal images below it, a normal image's
   * the share of anomalous ones above it, ties half; either's mean is the area, and S its variance,
   * ddof 1.
   */
  private double variance(double area) {
    double ofAnomalous = 0;
    double ofNormal = 0;
    for (int i = 1; i < thresholds.length; i++) {
      double below = halvesBelow(i) / (2.0 * allNormals()) - area;
      double above = (anomalies[i - 1] + anomalies[i]) / (2.0 * allAnomalies()) - area;
      ofAnomalous += tiedAnomalies(i) * below * below;
      ofNormal += (normals[i] - normals[i - 1]) * above * above;
    }
    return ofAnomalous / (allAnomalies() - 1) / allAnomalies()
        + ofNormal / (allNormals() - 1) / allNormals();
  }

  /** Twice the normal images below a threshold and once those that tie with it. */
  private long halvesBelow(int i) {
    return 2 * allNormals() - normals[i - 1] - normals[i];
  }

  private long tiedAnomalies(int i) {
    return anomalies[i] - anomalies[i - 1];
  }

  private long allNormals() {
    return normals[normals.length - 1];
  }

  private long allAnomalies() {
    return anomalies[anomalies.length - 1];
  }
}
