package dev.puad.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GaussianBlurTest {

  private static final int WIDTH = 9;
  private static final int HEIGHT = 5;
  private static final double[] NOISE = new Random(1).doubles((long) WIDTH * HEIGHT).toArray();

  @Test
  void equalsTheTwoDimensionalSum() {
    double sigma = 1.5;
    int reach = 6;
    double[] blurred = GaussianBlur.blur(NOISE, WIDTH, HEIGHT, sigma);

    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        double sum = 0;
        double weights = 0;
        for (int dy = -reach; dy <= reach; dy++) {
          for (int dx = -reach; dx <= reach; dx++) {
            double weight = Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
            sum += weight * NOISE[reflect(y + dy, HEIGHT) * WIDTH + reflect(x + dx, WIDTH)];
            weights += weight;
          }
        }
        assertThat(blurred[y * WIDTH + x]).isCloseTo(sum / weights, within(1e-12));
      }
    }
  }

  @Test
  void keepsTheMean() {
    double[] blurred = GaussianBlur.blur(NOISE, WIDTH, HEIGHT, 1.5);

    assertThat(Arrays.stream(blurred).average().orElseThrow())
        .isCloseTo(Arrays.stream(NOISE).average().orElseThrow(), within(1e-12));
  }

  @Test
  void kernelEndsAtFourSigma() {
    assertThat(GaussianBlur.kernel(1.5)).hasSize(1 + 6);
  }

  private static int reflect(int index, int length) {
    int reflected = index;
    while (reflected < 0 || reflected >= length) {
      reflected = reflected < 0 ? -1 - reflected : 2 * length - 1 - reflected;
    }
    return reflected;
  }
}
