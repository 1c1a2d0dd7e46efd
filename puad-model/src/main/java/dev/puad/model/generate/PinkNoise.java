package dev.puad.model.generate;

/**
 * Noise whose amplitude spectrum falls as 1/f^a, on a torus. Photographs have a near 1 (Ruderman
 * and Bialek, "Statistics of Natural Images", 1994): as much variance in each octave.
 *
 * <p>Octaves of white lattices are summed from the coarsest to the finest. Doubling with weights
 * 3/4 and 1/4 makes every coarse lattice a quadratic spline at last, so that none shows.
 */
final class PinkNoise {

  private static final int COARSEST = 4;

  private final int size;
  private final float[] values;

  private PinkNoise(int size, float[] values) {
    this.size = size;
    this.values = values;
  }

  /**
   * Noise with mean 0 and variance 1.
   *
   * @param size of the torus in pixels, a power of two of at least 4
   * @param exponent a; octaves have variances in the ratio 2^(2 - 2a)
   */
  static PinkNoise draw(int size, double exponent, Dice dice) {
    float[] sum = new float[COARSEST * COARSEST];
    double ratio = StrictMath.pow(2, 1 - exponent);
    double amplitude = 1;
    addWhite(sum, amplitude, dice.salt());
    for (int width = COARSEST; width < size; width *= 2) {
      amplitude *= ratio;
      sum = doubled(sum, width);
      addWhite(sum, amplitude, dice.salt());
    }
    standardise(sum);
    return new PinkNoise(size, sum);
  }

  /** Between four values linearly; the torus repeats beyond its size. */
  double at(double x, double y) {
    double left = Math.floor(x);
    double top = Math.floor(y);
    double right = x - left;
    double bottom = y - top;
    int mask = size - 1;
    int column = (int) left & mask;
    int row = ((int) top & mask) * size;
    int nextColumn = (column + 1) & mask;
    int nextRow = (row + size) & (size * size - 1);
    double upper = values[row + column] * (1 - right) + values[row + nextColumn] * right;
    double lower = values[nextRow + column] * (1 - right) + values[nextRow + nextColumn] * right;
    return upper * (1 - bottom) + lower * bottom;
  }

  private static void addWhite(float[] sum, double amplitude, long salt) {
    long state = salt;
    float scale = (float) (amplitude * 0x1.0p-31);
    for (int i = 0; i < sum.length; i++) {
      state = state * 0x5851F42D4C957F2DL + 0x14057B7EF767814FL;
      sum[i] += (int) (state >> 32) * scale;
    }
  }

  private static float[] doubled(float[] coarse, int width) {
    int mask = width - 1;
    float[] tall = new float[2 * width * width];
    for (int row = 0; row < width; row++) {
      int above = ((row - 1) & mask) * width;
      int here = row * width;
      int below = ((row + 1) & mask) * width;
      for (int column = 0; column < width; column++) {
        float value = 0.75f * coarse[here + column];
        tall[2 * here + column] = value + 0.25f * coarse[above + column];
        tall[2 * here + width + column] = value + 0.25f * coarse[below + column];
      }
    }
    float[] fine = new float[4 * width * width];
    for (int row = 0; row < 2 * width; row++) {
      int from = row * width;
      for (int column = 0; column < width; column++) {
        float value = 0.75f * tall[from + column];
        int to = 2 * (from + column);
        fine[to] = value + 0.25f * tall[from + ((column - 1) & mask)];
        fine[to + 1] = value + 0.25f * tall[from + ((column + 1) & mask)];
      }
    }
    return fine;
  }

  private static void standardise(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    double mean = sum / values.length;
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    double deviation = Math.sqrt(squares / values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((values[i] - mean) / deviation);
    }
  }
}
