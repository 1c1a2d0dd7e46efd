package dev.puad.model.dataset;

/**
 * A Gaussian filter as SciPy's {@code gaussian_filter} defaults to: the kernel ends at 4 σ (rounded
 * to whole pixels) and sums to 1, and beyond a border the image is mirrored with the border pixel
 * repeated (d c b a | a b c d | d c b a), so the mean of the image is kept.
 */
final class GaussianBlur {

  private static final double TRUNCATE = 4;

  private GaussianBlur() {}

  /**
   * Blurs one plane.
   *
   * @param plane height x width values, row by row; left as it is
   * @param sigma standard deviation in pixels
   */
  static double[] blur(double[] plane, int width, int height, double sigma) {
    double[] kernel = kernel(sigma);
    double[] rows = convolve(plane, height, width, width, 1, kernel);
    return convolve(rows, width, height, 1, width, kernel);
  }

  /** The kernel from its centre outwards. */
  static double[] kernel(double sigma) {
    double[] kernel = new double[(int) (TRUNCATE * sigma + 0.5) + 1];
    double sum = 0;
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = Math.exp(-0.5 * i * i / (sigma * sigma));
      sum += i == 0 ? kernel[i] : 2 * kernel[i];
    }
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] /= sum;
    }
    return kernel;
  }

  /** Filters {@code lines} lines of {@code length} values, given the strides between both. */
  private static double[] convolve(
      double[] in, int lines, int length, int lineStride, int stride, double[] kernel) {
    double[] out = new double[in.length];
    for (int line = 0; line < lines; line++) {
      int start = line * lineStride;
      for (int i = 0; i < length; i++) {
        double sum = kernel[0] * in[start + i * stride];
        for (int k = 1; k < kernel.length; k++) {
          double before = in[start + mirrored(i - k, length) * stride];
          double after = in[start + mirrored(i + k, length) * stride];
          sum += kernel[k] * (before + after);
        }
        out[start + i * stride] = sum;
      }
    }
    return out;
  }

  private static int mirrored(int index, int length) {
    if (index >= 0 && index < length) {
      return index;
    }
    int folded = Math.floorMod(index, 2 * length);
    return folded < length ? folded : 2 * length - 1 - folded;
  }
}
