package dev.puad.model.metric;

import java.util.List;

/**
 * The saturated per-region overlap against the false positive rate, as the threshold falls from
 * above all anomaly values to below them.
 *
 * @param points by falling threshold: both coordinates rise from 0 to 1
 */
public record SproCurve(List<Point> points) {

  public SproCurve {
    points = List.copyOf(points);
  }

  /**
   * A point of the exact curve.
   *
   * @param threshold all values not less than this are found
   * @param falsePositiveRate the share found of all defect-free pixels, in [0, 1]
   * @param overlap the mean over regions of min(pixels found / saturation, 1), in [0, 1]
   * @param straight whether the exact curve is a straight line from the point before to this one;
   *     if not, it rises somehow between them
   */
  public record Point(
      float threshold, double falsePositiveRate, double overlap, boolean straight) {}

  /**
   * The area up to a false positive rate, divided by it, cut at the limit by linear interpolation.
   *
   * @param limit the greatest false positive rate, in (0, 1]
   * @throws IllegalArgumentException if the limit is out of range
   */
  public AreaUnderCurve areaUpTo(double limit) {
    AreaSum area = new AreaSum(limit);
    for (int i = 1; i < points.size(); i++) {
      Point from = points.get(i - 1);
      Point to = points.get(i);
      double x = from.falsePositiveRate();
      double step = to.falsePositiveRate() - x;
      double rise = to.overlap() - from.overlap();
      area.add(x, step, from.overlap(), rise);
      if (!to.straight()) {
        area.addError(x, step, rise);
      }
    }
    return area.result();
  }
}
