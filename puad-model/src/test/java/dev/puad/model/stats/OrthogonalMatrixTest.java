package dev.puad.model.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OrthogonalMatrixTest {

  @Test
  void theRowsAreOrthonormalWhereThereAreFewerOfThemElseTheColumns() {
    double[] wide = OrthogonalMatrix.random(4, 9, new SplittableRandom(1));
    double[] tall = OrthogonalMatrix.random(9, 4, new SplittableRandom(1));
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        double rows = 0;
        double columns = 0;
        for (int k = 0; k < 9; k++) {
          rows += wide[9 * i + k] * wide[9 * j + k];
          columns += tall[4 * k + i] * tall[4 * k + j];
        }
        assertThat(rows).isCloseTo(i == j ? 1 : 0, within(1e-12));
        assertThat(columns).isCloseTo(i == j ? 1 : 0, within(1e-12));
      }
    }
  }
}
