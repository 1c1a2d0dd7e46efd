package dev.puad.model.image;

import java.util.Arrays;

/**
 * Resizes images as Pillow's bilinear filter with antialiasing does, bit for bit: a horizontal and
 * then a vertical pass, each with fixed-point weights and rounded to 8 bits.
 */
public final class BilinearResize {

  /** Fractional bits of a weight: 32, less 8 for the pixel and 2 for the sum. */
  private static final int PRECISION = 22;

  private static final int HALF = 1 << (PRECISION - 1);

  /** {@link #HALF} in both halves. */
  private static final long HALVES = (long) HALF << 32 | HALF;

  private static final int MAX_BYTE = 255;

  private BilinearResize() {}

  /**
   * Resizes to exactly {@code width} x {@code height}, whatever the image's proportions.
   *
   * @throws IllegalArgumentException if a side is not positive
   */
  public static RgbImage resize(RgbImage image, int width, int height) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "Cannot resize to %d x %d pixels, both must be positive.".formatted(width, height));
    }
    if (width == image.width() && height == image.height()) {
      return image;
    }
    Windows columns = Windows.of(image.width(), width);
    Windows rows = Windows.of(image.height(), height);
    int length = width * RgbImage.CHANNELS;
    byte[] out = new byte[length * height];
    // One more than a window, since rows of the input are resized in pairs.
    int[][] resized = new int[rows.longest() + 1][length];
    long[] pair = new long[image.width() * RgbImage.CHANNELS];
    int[] sums = new int[length];
    int next = 0;
    for (int y = 0; y < height; y++) {
      int start = rows.starts[y];
      int end = start + rows.lengths[y];
      // Each row of the input is resized once, and kept while rows of the output draw on it.
      for (; next < end; next += 2) {
        int second = Math.min(next + 1, image.height() - 1);
        pack(image, next, second, pair);
        resizePair(pair, columns, resized[next % resized.length], resized[second % resized.length]);
      }
      Arrays.fill(sums, HALF);
      for (int i = start; i < end; i++) {
        add(resized[i % resized.length], rows.weights[y * rows.longest() + i - start], sums);
      }
      for (int i = 0; i < length; i++) {
        out[y * length + i] = (byte) rounded(sums[i]);
      }
    }
    return new RgbImage(width, height, out);
  }

  /** Puts the samples of two rows side by side, the second's in the upper half of a long. */
  private static void pack(RgbImage image, int first, int second, long[] pair) {
    byte[] in = image.pixels();
    int upper = first * pair.length;
    int lower = second * pair.length;
    for (int i = 0; i < pair.length; i++) {
      pair[i] = Byte.toUnsignedLong(in[upper + i]) | Byte.toUnsignedLong(in[lower + i]) << 32;
    }
  }

  /** One multiplication does for two rows: no sum reaches 2^31. */
  private static void resizePair(long[] pair, Windows columns, int[] first, int[] second) {
    for (int x = 0; x < columns.starts.length; x++) {
      int from = columns.starts[x] * RgbImage.CHANNELS;
      int firstWeight = x * columns.longest;
      long red = HALVES;
      long green = HALVES;
      long blue = HALVES;
      for (int i = 0; i < columns.lengths[x]; i++) {
        long weight = columns.weights[firstWeight + i];
        red += weight * pair[from + RgbImage.CHANNELS * i];
        green += weight * pair[from + RgbImage.CHANNELS * i + 1];
        blue += weight * pair[from + RgbImage.CHANNELS * i + 2];
      }
      int to = x * RgbImage.CHANNELS;
      first[to] = rounded((int) red);
      first[to + 1] = rounded((int) green);
      first[to + 2] = rounded((int) blue);
      second[to] = rounded((int) (red >>> 32));
      second[to + 1] = rounded((int) (green >>> 32));
      second[to + 2] = rounded((int) (blue >>> 32));
    }
  }

  private static int rounded(int sum) {
    return Math.min(sum >> PRECISION, MAX_BYTE);
  }

  private static void add(int[] row, int weight, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * row[i];
    }
  }

  /**
   * The inputs that each output along an axis draws on.
   *
   * @param longest how many at most
   * @param starts the first one of each
   * @param lengths how many, of each
   * @param weights fixed-point, {@code longest} for each output
   */
  private record Windows(int longest, int[] starts, int[] lengths, int[] weights) {

    static Windows of(int in, int out) {
      double scale = (double) in / out;
      double support = Math.max(scale, 1);
      int longest = 2 * (int) Math.ceil(support) + 1;
      Windows windows =
          new Windows(
              longest, new int[out], new int[out], new int[Math.multiplyExact(out, longest)]);
      for (int i = 0; i < out; i++) {
        windows.fill(i, in, (i + 0.5) * scale, support);
      }
      return windows;
    }

    private void fill(int index, int in, double centre, double support) {
      int start = Math.max(0, (int) (centre - support + 0.5));
      int end = Math.min(in, (int) (centre + support + 0.5));
      double[] triangle = new double[end - start];
      double sum = 0;
      for (int i = 0; i < triangle.length; i++) {
        // Pillow multiplies by the reciprocal; dividing differs in the last bit.
        double distance = (i + start - centre + 0.5) * (1 / support);
        triangle[i] = Math.max(0, 1 - Math.abs(distance));
        sum += triangle[i];
      }
      starts[index] = start;
      lengths[index] = triangle.length;
      for (int i = 0; i < triangle.length; i++) {
        weights[index * longest + i] = (int) (triangle[i] * (1 / sum) * (1 << PRECISION) + 0.5);
      }
    }
  }
}
