package dev.puad.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WinogradTransformTest {

  @ParameterizedTest
  @CsvSource({"4, 4", "4, 3", "2, 3"})
  void aTileOfARowIsItsCorrelationWithTheFilter(int m, int r) {
    WinogradTransform transform = WinogradTransform.of(m, r);
    SplittableRandom random = new SplittableRandom(1);
    double[] inputs = random.doubles(m + r - 1, -1, 1).toArray();
    double[] filter = random.doubles(r, -1, 1).toArray();
    double[] seen = times(transform.input(), inputs);
    double[] weights = times(transform.filter(), filter);
    double[] products = new double[transform.points()];
    for (int i = 0; i < products.length; i++) {
      products[i] = seen[i] * weights[i];
    }
    double[] outputs = times(transform.output(), products);
    assertThat(outputs).hasSize(m);
    for (int k = 0; k < m; k++) {
      double expected = 0;
      for (int j = 0; j < r; j++) {
        expected += inputs[k + j] * filter[j];
      }
      assertThat(outputs[k]).isCloseTo(expected, within(1e-12));
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 4", "4, 3", "2, 3"})
  void aTileOfAnImageIsTheSameAlongBothAxes(int m, int r) {
    WinogradTransform transform = WinogradTransform.of(m, r);
    SplittableRandom random = new SplittableRandom(2);
    double[][] inputs = square(random, m + r - 1);
    double[][] filter = square(random, r);
    double[][] seen = bothAxes(transform.input(), inputs);
    double[][] weights = bothAxes(transform.filter(), filter);
    int n = transform.points();
    double[][] products = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        products[i][j] = seen[i][j] * weights[i][j];
      }
    }
    double[][] outputs = bothAxes(transform.output(), products);
    for (int k = 0; k < m; k++) {
      for (int l = 0; l < m; l++) {
        double expected = 0;
        for (int y = 0; y < r; y++) {
          for (int x = 0; x < r; x++) {
            expected += inputs[k + y][l + x] * filter[y][x];
          }
        }
        assertThat(outputs[k][l]).isCloseTo(expected, within(1e-12));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 4", "4, 3", "2, 3"})
  void aTileNeedsAsManyProductsAsItHasInputs(int m, int r) {
    assertThat(WinogradTransform.of(m, r).points()).isEqualTo(m + r - 1);
  }

  @ParameterizedTest
  @CsvSource({"4, 4", "4, 3", "2, 3"})
  void whatIsAddedAtPointOneReachesEveryOutputOnce(int m, int r) {
    WinogradTransform transform = WinogradTransform.of(m, r);
    double[][] products = new double[transform.points()][transform.points()];
    products[WinogradTransform.POINT_ONE][WinogradTransform.POINT_ONE] = 0.7;
    for (double[] row : bothAxes(transform.output(), products)) {
      assertThat(row).hasSize(m).containsOnly(0.7);
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 5", "5, 4", "1, 1"})
  void sizesWithoutPointsAreRefused(int m, int r) {
    assertThatThrownBy(() -> WinogradTransform.of(m, r))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("There are no points for F(%d, %d).".formatted(m, r));
  }

  private static double[][] square(SplittableRandom random, int side) {
    double[][] square = new double[side][];
    for (int i = 0; i < side; i++) {
      square[i] = random.doubles(side, -1, 1).toArray();
    }
    return square;
  }

  private static double[] times(double[][] matrix, double[] vector) {
    double[] product = new double[matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < vector.length; j++) {
        product[i] += matrix[i][j] * vector[j];
      }
    }
    return product;
  }

  /** M X Mᵀ. */
  private static double[][] bothAxes(double[][] matrix, double[][] values) {
    int rows = matrix.length;
    double[][] product = new double[rows][rows];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        for (int y = 0; y < values.length; y++) {
          for (int x = 0; x < values.length; x++) {
            product[i][j] += matrix[i][y] * values[y][x] * matrix[j][x];
          }
        }
      }
    }
    return product;
  }
}
