package dev.puad.model.generate;

/** A blur by two boxes each way, their tents being near enough to a lens out of focus. */
final class BoxBlur {

  private BoxBlur() {}

  /**
   * Blurs one plane in place; beyond a border its last pixel goes on.
   *
   * @param plane side x side values
   * @param radius of each box, which is 2 radius + 1 pixels wide
   * @param share of the blurred picture in the result, 0 to 1
   */
  static void blur(float[] plane, int side, int radius, double share) {
    float[] blurred = plane.clone();
    float[] line = new float[side];
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < side; i++) {
        average(blurred, i * side, 1, radius, line);
      }
      for (int i = 0; i < side; i++) {
        average(blurred, i, side, radius, line);
      }
    }
    for (int i = 0; i < plane.length; i++) {
      plane[i] += (float) share * (blurred[i] - plane[i]);
    }
  }

  private static void average(float[] plane, int start, int stride, int radius, float[] line) {
    int last = line.length - 1;
    for (int i = 0; i <= last; i++) {
      line[i] = plane[start + i * stride];
    }
    double sum = 0;
    for (int i = -radius - 1; i < radius; i++) {
      sum += line[Math.min(last, Math.max(0, i))];
    }
    for (int i = 0; i <= last; i++) {
      sum += line[Math.min(last, i + radius)] - line[Math.max(0, i - radius - 1)];
      plane[start + i * stride] = (float) (sum / (2 * radius + 1));
    }
  }
}
