package dev.puad.model.onnx;

/**
 * The matrices of Winograd's minimal filtering F(m, r): m outputs of a filter of r taps by n = m +
 * r − 1 products instead of m · r (Lavin and Gray 2016; Toom and Cook's construction by polynomials
 * that agree at n − 1 points and at infinity).
 *
 * <p>y = Aᵀ [(G g) ⊙ (Bᵀ d)] for n inputs d and a filter g; of an image, the same along both axes.
 *
 * @param outputs m
 * @param taps r
 * @param output Aᵀ, [m][n]
 * @param filter G, [n][r]
 * @param input Bᵀ, [n][n]
 */
record WinogradTransform(
    int outputs, int taps, double[][] output, double[][] filter, double[][] input) {

  /**
   * Where the polynomials are evaluated. Of sets of small fractions those whose first five, for a
   * kernel of 3, and all six, for 4, round least in float32. The second is 1, whose powers are all
   * 1.
   */
  private static final double[] POINTS = {0, 1, -1, -0.5, 2, -2};

  /** The index of point 1: what is added there, along both axes, is added to every output. */
  static final int POINT_ONE = 1;

  /**
   * F(m, r).
   *
   * @throws IllegalArgumentException if it needs more points than there are
   */
  static WinogradTransform of(int m, int r) {
    int n = m + r - 1;
    if (n - 1 > POINTS.length || n < 2) {
      throw new IllegalArgumentException("There are no points for F(%d, %d).".formatted(m, r));
    }
    double[][] output = new double[m][n];
    double[][] filter = new double[n][r];
    double[][] input = new double[n][n];
    for (int i = 0; i < n - 1; i++) {
      double others = 1;
      double[] polynomial = {1};
      for (int j = 0; j < n - 1; j++) {
        if (j != i) {
          others *= POINTS[i] - POINTS[j];
          polynomial = timesRoot(polynomial, POINTS[j]);
        }
      }
      for (int k = 0; k < m; k++) {
        output[k][i] = Math.pow(POINTS[i], k);
      }
      for (int k = 0; k < r; k++) {
        filter[i][k] = Math.pow(POINTS[i], k) / others;
      }
      System.arraycopy(polynomial, 0, input[i], 0, polynomial.length);
    }
    double[] all = {1};
    for (int j = 0; j < n - 1; j++) {
      all = timesRoot(all, POINTS[j]);
    }
    output[m - 1][n - 1] = 1;
    filter[n - 1][r - 1] = 1;
    input[n - 1] = all;
    return new WinogradTransform(m, r, output, filter, input);
  }

  /** n: the inputs of a tile along one axis. */
  int points() {
    return input.length;
  }

  /** polynomial · (x − root), coefficients from the constant one up. */
  private static double[] timesRoot(double[] polynomial, double root) {
    double[] product = new double[polynomial.length + 1];
    for (int i = 0; i < polynomial.length; i++) {
      product[i] -= root * polynomial[i];
      product[i + 1] += polynomial[i];
    }
    return product;
  }
}
