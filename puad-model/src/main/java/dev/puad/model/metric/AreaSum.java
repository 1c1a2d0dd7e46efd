package dev.puad.model.metric;

/** The normalised area under a rising curve up to a limit, summed over pieces in any order. */
final class AreaSum {

  private final double limit;
  private double area;
  private double error;

  /**
   * No piece yet.
   *
   * @throws IllegalArgumentException if the limit is not in (0, 1]
   */
  AreaSum(double limit) {
    if (!(limit > 0 && limit <= 1)) {
      throw new IllegalArgumentException(
          "Cannot integrate up to a false positive rate of %s: it must lie in (0, 1]."
              .formatted(limit));
    }
    this.limit = limit;
  }

  double limit() {
    return limit;
  }

  /** Adds the straight line from (x, y) to (x + step, y + rise), cut at the limit. */
  void add(double x, double step, double y, double rise) {
    if (step > 0 && x < limit) {
      double width = Math.min(step, limit - x);
      area += y * width + rise * triangle(width, step);
    }
  }

  /**
   * Adds what the area may be off by if the exact curve is not that line but rises anyhow.
   *
   * <p>Its area over a width w from x lies between y w and (y + rise) w. Where the straight line
   * has y w + rise t, t = w² / 2 step, the error is at most rise (w − t), since t ≤ w − t.
   */
  void addError(double x, double step, double rise) {
    if (step > 0 && x < limit) {
      double width = Math.min(step, limit - x);
      error += rise * (width - triangle(width, step));
    }
  }

  private static double triangle(double width, double step) {
    return width * width / (2 * step);
  }

  AreaUnderCurve result() {
    return new AreaUnderCurve(area / limit, error / limit);
  }
}
