package dev.puad.model.stats;

import dev.puad.model.Fixtures;
import dev.puad.model.weights.Tensor;
import java.util.Arrays;

/** The golden files on mean, covariance and distance, by case. */
final class GaussianFixture {

  private GaussianFixture() {}

  static VectorMoments moments(String name) {
    VectorMoments moments = new VectorMoments();
    for (float[] row : rows("gaussian/" + name + "/features.npy")) {
      moments.add(row);
    }
    return moments;
  }

  static float[][] rows(String file) {
    Tensor array = Fixtures.npy(file);
    int columns = array.shape()[1];
    float[] values = array.floats();
    float[][] rows = new float[array.shape()[0]][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(values, i * columns, (i + 1) * columns);
    }
    return rows;
  }

  static double[] expected(String name, String array) {
    return Fixtures.npy("gaussian/" + name + "/" + array + ".npy").doubles();
  }
}
