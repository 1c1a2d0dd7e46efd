package dev.puad.model.image;

/**
 * Resizes images as Pillow's bilinear filter with antialiasing does, bit for bit: a horizontal and
 * then a vertical pass, each with fixed-point weights and rounded to 8 bits.
 */
public final class BilinearResize {

  /** Fractional bits of a weight: 32, less 8 for the pixel and 2 for the sum. */
  private static final int PRECISION = 22;

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
    RgbImage wide = width == image.width() ? image : resizeRows(image, width);
    return height == wide.height() ? wide : resizeColumns(wide, height);
  }

  private static RgbImage resizeRows(RgbImage image, int width) {
    byte[] in = image.pixels();
    byte[] out = new byte[width * image.height() * RgbImage.CHANNELS];
    for (int x = 0; x < width; x++) {
      Window window = Window.of(x, image.width(), width);
      for (int y = 0; y < image.height(); y++) {
        int from = (y * image.width() + window.start()) * RgbImage.CHANNELS;
        int to = (y * width + x) * RgbImage.CHANNELS;
        for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
          out[to + channel] = window.sum(in, from + channel, RgbImage.CHANNELS);
        }
      }
    }
    return new RgbImage(width, image.height(), out);
  }

  private static RgbImage resizeColumns(RgbImage image, int height) {
    byte[] in = image.pixels();
    int rowLength = image.width() * RgbImage.CHANNELS;
    byte[] out = new byte[rowLength * height];
    for (int y = 0; y < height; y++) {
      Window window = Window.of(y, image.height(), height);
      int from = window.start() * rowLength;
      for (int i = 0; i < rowLength; i++) {
        out[y * rowLength + i] = window.sum(in, from + i, rowLength);
      }
    }
    return new RgbImage(image.width(), height, out);
  }

  /** The inputs that one output draws on: a first index and fixed-point weights from there on. */
  private record Window(int start, int[] weights) {

    static Window of(int index, int in, int out) {
      double scale = (double) in / out;
      double support = Math.max(scale, 1);
      double centre = (index + 0.5) * scale;
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
      int[] weights = new int[triangle.length];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (int) (triangle[i] * (1 / sum) * (1 << PRECISION) + 0.5);
      }
      return new Window(start, weights);
    }

    byte sum(byte[] in, int from, int stride) {
      int sum = 1 << (PRECISION - 1);
      int position = from;
      for (int weight : weights) {
        sum += weight * Byte.toUnsignedInt(in[position]);
        position += stride;
      }
      return (byte) Math.min(sum >> PRECISION, 255);
    }
  }
}
