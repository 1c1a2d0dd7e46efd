package dev.puad.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoxBlurTest {

  private static final int SIDE = 9;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 12})
  void twoBoxesMakeATentEachWay(int radius) {
    float[] plane = new float[SIDE * SIDE];
    Dice dice = new Dice(1, 0);
    for (int i = 0; i < plane.length; i++) {
      plane[i] = (float) dice.between(0, 1);
    }
    double[] expected = boxed(boxed(doubles(plane), radius), radius);

    BoxBlur.blur(plane, SIDE, radius, 1);

    for (int i = 0; i < plane.length; i++) {
      assertThat((double) plane[i]).isCloseTo(expected[i], within(1e-6));
    }
  }

  private static double[] boxed(double[] plane, int radius) {
    double[] boxed = new double[plane.length];
    for (int i = 0; i < plane.length; i++) {
      for (int dy = -radius; dy <= radius; dy++) {
        for (int dx = -radius; dx <= radius; dx++) {
          int y = Math.min(SIDE - 1, Math.max(0, i / SIDE + dy));
          int x = Math.min(SIDE - 1, Math.max(0, i % SIDE + dx));
          boxed[i] += plane[y * SIDE + x] / ((2 * radius + 1) * (2 * radius + 1));
        }
      }
    }
    return boxed;
  }

  private static double[] doubles(float[] plane) {
    double[] doubles = new double[plane.length];
    for (int i = 0; i < plane.length; i++) {
      doubles[i] = plane[i];
    }
    return doubles;
  }
}
