package dev.puad.model.stats;

import dev.puad.model.Fixtures;
import dev.puad.model.weights.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;

/** The golden files on mean, covariance and distance, by case. */
final class GaussianFixture {

  private GaussianFixture() {}

  /** Every case by name. */
  static Stream<String> cases() {
    return Stream.concat(casesThatVary(), Stream.of("n5-d8-identical-rows"));
  }

  /** Without the identical rows: there the official covariance is single precision's noise. */
  static Stream<String> casesThatVary() {
    return Stream.of(
        "n40-d64", "n200-d32", "n60-d16-near-constant", "n25-d1", "n30-d48-small-scale");
  }

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
