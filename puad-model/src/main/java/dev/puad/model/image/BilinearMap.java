package dev.puad.model.image;

/**
 * Resizes float maps bilinearly without antialiasing, pixel centres aligned (PyTorch's {@code
 * interpolate} with {@code align_corners=False}): output o reads the input at s = max(0, (o + 0.5)
 * in / out - 0.5).
 */
public final class BilinearMap {

  private BilinearMap() {}

  /**
   * Resizes an H x W map to {@code toHeight} x {@code toWidth}, row by row.
   *
   * @throws IllegalArgumentException if a side is not positive or the map has another length
   */
  public static float[] resize(float[] map, int height, int width, int toHeight, int toWidth) {
    Grid grid = grid(map, height, width, toHeight, toWidth);
    float[] resized = new float[Math.multiplyExact(toHeight, toWidth)];
    for (int y = 0; y < toHeight; y++) {
      grid.row(y, resized, y * toWidth);
    }
    return resized;
  }

  /**
   * The largest value of {@link #resize}'s map, which is never held whole: an image file of 60
   * megapixels would make it 240 MB. It is NaN where the map has a NaN.
   *
   * @throws IllegalArgumentException if a side is not positive or the map has another length
   */
  public static float largest(float[] map, int height, int width, int toHeight, int toWidth) {
    Grid grid = grid(map, height, width, toHeight, toWidth);
    float[] row = new float[toWidth];
    float largest = Float.NEGATIVE_INFINITY;
    for (int y = 0; y < toHeight; y++) {
      grid.row(y, row, 0);
      for (float value : row) {
        largest = Math.max(largest, value);
      }
    }
    return largest;
  }

  private static Grid grid(float[] map, int height, int width, int toHeight, int toWidth) {
    if (height < 1 || width < 1 || toHeight < 1 || toWidth < 1) {
      throw new IllegalArgumentException(
          "Cannot resize a map from %d x %d to %d x %d, all must be positive."
              .formatted(height, width, toHeight, toWidth));
    }
    if (map.length != (long) height * width) {
      throw new IllegalArgumentException(
          "Cannot read a map of %d x %d from %d values.".formatted(height, width, map.length));
    }
    return new Grid(map, height, width, positions(height, toHeight), positions(width, toWidth));
  }

  /** A map and the positions at which its output's rows and columns read it. */
  private record Grid(float[] map, int height, int width, double[] rows, double[] columns) {

    /** Writes one row of the output. */
    void row(int y, float[] into, int offset) {
      int top = (int) rows[y];
      int bottom = Math.min(top + 1, height - 1);
      double down = rows[y] - top;
      for (int x = 0; x < columns.length; x++) {
        int left = (int) columns[x];
        int right = Math.min(left + 1, width - 1);
        double along = columns[x] - left;
        double upper = mix(map[top * width + left], map[top * width + right], along);
        double lower = mix(map[bottom * width + left], map[bottom * width + right], along);
        into[offset + x] = (float) mix(upper, lower, down);
      }
    }
  }

  private static double[] positions(int in, int out) {
    double scale = (double) in / out;
    double[] positions = new double[out];
    for (int o = 0; o < out; o++) {
      positions[o] = Math.max(0, (o + 0.5) * scale - 0.5);
    }
    return positions;
  }

  private static double mix(double first, double second, double weight) {
    return (1 - weight) * first + weight * second;
  }
}
