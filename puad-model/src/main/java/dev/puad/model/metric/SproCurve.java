package dev.puad.model.metric;

/**
 * The saturated per-region overlap against the false positive rate, as the threshold falls from
 * above all anomaly values (the point 0, 0) to below them.
 *
 * @param falsePositiveRates the share of defect-free pixels above each threshold, non-decreasing
 *     from 0 to 1
 * @param overlaps the mean over regions of min(pixels above the threshold / saturation, 1), in [0,
 *     1], non-decreasing from 0
 * @param exact whether every distinct anomaly value is a threshold; if not, the exact curve passes
 *     through these points and rises somehow between them
 */
public record SproCurve(double[] falsePositiveRates, double[] overlaps, boolean exact) {

  /**
   * The area up to a false positive rate, divided by it: trapezoids, cut at the limit by linear
   * interpolation.
   *
   * <p>Between two points (x₀, y₀) and (x₁, y₁) the exact curve rises from y₀ to y₁, so its area
   * over a width w from x₀ lies between y₀ w and y₁ w. Where the trapezoid has y₀ w + (y₁ − y₀) t,
   * t = w² / 2(x₁ − x₀), the error is at most (y₁ − y₀)(w − t), since t ≤ w − t. The bound is the
   * sum of these, with w = x₁ − x₀ but for the last.
   *
   * @param limit the greatest false positive rate, in (0, 1]
   * @throws IllegalArgumentException if the limit is out of range
   */
  public AreaUnderCurve areaUpTo(double limit) {
    if (!(limit > 0 && limit <= 1)) {
      throw new IllegalArgumentException(
          "Cannot integrate up to a false positive rate of %s: it must lie in (0, 1]."
              .formatted(limit));
    }
    double area = 0;
    double error = 0;
    for (int i = 1; i < overlaps.length && falsePositiveRates[i - 1] < limit; i++) {
      double step = falsePositiveRates[i] - falsePositiveRates[i - 1];
      if (step == 0) {
        continue;
      }
      double width = Math.min(step, limit - falsePositiveRates[i - 1]);
      double rise = overlaps[i] - overlaps[i - 1];
      double triangle = width * width / (2 * step);
      area += overlaps[i - 1] * width + rise * triangle;
      error += rise * (width - triangle);
    }
    return new AreaUnderCurve(area / limit, exact ? 0 : error / limit);
  }
}
