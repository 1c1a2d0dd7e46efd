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

  /**
   * Adds the piece of the curve from (x, y) to (x + step, y + rise), cut at the limit.
   *
   * <p>The exact curve rises from y to y + rise, so that its area over a width w from x lies
   * between y w and (y + rise) w. Where the straight line has y w + rise t, t = w² / 2 step, the
   * error is at most rise (w − t), since t ≤ w − t.
   *
   * @param straight whether the exact curve is the straight line
   */
  void add(double x, double step, double y, double rise, boolean straight) {
    if (step == 0 || x >= limit) {
      return;
    }
    double width = Math.min(step, limit - x);
    double triangle = width * width / (2 * step);
    area += y * width + rise * triangle;
    if (!straight) {
      error += rise * (width - triangle);
    }
  }

  AreaUnderCurve result() {
    return new AreaUnderCurve(area / limit, error / limit);
  }
}
