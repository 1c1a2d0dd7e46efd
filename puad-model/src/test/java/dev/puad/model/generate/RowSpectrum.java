package dev.puad.model.generate;

/** Power spectra of images' rows, by plain discrete Fourier transforms. */
final class RowSpectrum {

  private RowSpectrum() {}

  /**
   * Adds the power of each row of a square image.
   *
   * @param power side / 2 values, one for each frequency in cycles a row
   */
  static void add(double[] image, int side, double[] power) {
    for (int f = 1; f < power.length; f++) {
      double[] cosine = new double[side];
      double[] sine = new double[side];
      for (int x = 0; x < side; x++) {
        // Hann's window, since rows do not end as they begin.
        double window = 1 - Math.cos(2 * Math.PI * x / side);
        cosine[x] = window * Math.cos(2 * Math.PI * f * x / side);
        sine[x] = window * Math.sin(2 * Math.PI * f * x / side);
      }
      for (int y = 0; y < side; y++) {
        double real = 0;
        double imaginary = 0;
        for (int x = 0; x < side; x++) {
          real += image[y * side + x] * cosine[x];
          imaginary += image[y * side + x] * sine[x];
        }
        power[f] += real * real + imaginary * imaginary;
      }
    }
  }

  /**
   * The exponent a of the image's amplitudes 1/f^a, by a line through the logarithms. A row's power
   * at f is the image's summed over all vertical frequencies: it falls as f^(1 - 2a).
   */
  static double exponent(double[] power) {
    double count = 0;
    double sumX = 0;
    double sumY = 0;
    double sumXx = 0;
    double sumXy = 0;
    for (int f = 3; f < power.length / 2; f++) {
      // Each octave weighs the same.
      double weight = 1.0 / f;
      double x = Math.log(f);
      double y = Math.log(power[f]);
      count += weight;
      sumX += weight * x;
      sumY += weight * y;
      sumXx += weight * x * x;
      sumXy += weight * x * y;
    }
    double slope = (count * sumXy - sumX * sumY) / (count * sumXx - sumX * sumX);
    return (1 - slope) / 2;
  }
}
