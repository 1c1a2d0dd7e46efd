package dev.puad.model.stats;

import java.util.random.RandomGenerator;

/** Random matrices that keep lengths. */
public final class OrthogonalMatrix {

  private OrthogonalMatrix() {}

  /**
   * A rows × columns matrix, row-major, whose rows (or columns, where there are fewer of them) are
   * orthonormal: Gram-Schmidt over normal vectors, run twice for accuracy.
   */
  public static double[] random(int rows, int columns, RandomGenerator random) {
    int count = Math.min(rows, columns);
    int length = Math.max(rows, columns);
    double[][] vectors = new double[count][length];
    for (double[] vector : vectors) {
      for (int i = 0; i < length; i++) {
        vector[i] = random.nextGaussian();
      }
    }
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < i; j++) {
          subtractProjection(vectors[i], vectors[j]);
        }
        scale(vectors[i], 1 / Math.sqrt(dot(vectors[i], vectors[i])));
      }
    }
    double[] matrix = new double[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        matrix[row * columns + column] =
            rows <= columns ? vectors[row][column] : vectors[column][row];
      }
    }
    return matrix;
  }

  private static void subtractProjection(double[] vector, double[] unit) {
    double length = dot(vector, unit);
    for (int i = 0; i < vector.length; i++) {
      vector[i] -= length * unit[i];
    }
  }

  private static void scale(double[] vector, double factor) {
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= factor;
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
