package dev.puad.model.metric;

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
