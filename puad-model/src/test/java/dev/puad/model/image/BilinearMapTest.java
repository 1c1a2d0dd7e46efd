package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.Fixtures;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BilinearMapTest {

  private static final int RAW = 56;
  private static final int FULL = 256;

  @ParameterizedTest
  @ValueSource(strings = {"student", "autoencoder"})
  void equalsInterpolateOnTheOfficialMaps(String network) {
    float[] raw = Fixtures.npy("maps/raw-" + network + ".npy").floats();
    float[] expected = Fixtures.npy("maps/resized-" + network + ".npy").floats();

    double worst = 0;
    int maps = expected.length / (FULL * FULL);
    for (int map = 0; map < maps; map++) {
      float[] one = Arrays.copyOfRange(raw, map * RAW * RAW, (map + 1) * RAW * RAW);
      float[] resized = BilinearMap.resize(one, RAW, RAW, FULL, FULL);
      for (int i = 0; i < resized.length; i++) {
        float value = expected[map * FULL * FULL + i];
        double tolerance = 1e-4 * Math.abs(value) + 1e-5;
        worst = Math.max(worst, Math.abs(resized[i] - value) / tolerance);
      }
    }
    assertThat(worst).isLessThanOrEqualTo(1);
  }

  @Test
  void reproducesALinearMapAwayFromItsBorders() {
    int height = 4;
    int width = 6;
    float[] linear = new float[height * width];
    for (int i = 0; i < linear.length; i++) {
      int row = i / width;
      linear[i] = 10f * row + i % width;
    }

    float[] resized = BilinearMap.resize(linear, height, width, 2 * height, 3 * width);

    // Output (5, 7) has its centre at row 5.5 / 2 - 0.5 and column 7.5 / 3 - 0.5.
    assertThat(resized[5 * 3 * width + 7]).isEqualTo(10 * 2.25f + 2f);
  }

  @Test
  void repeatsTheBorderBeyondThePixelCentres() {
    assertThat(BilinearMap.resize(new float[] {1, 3}, 1, 2, 1, 4))
        .containsExactly(1, 1.5f, 2.5f, 3);
  }

  @ParameterizedTest
  @CsvSource({"7, 9, 7, 9", "64, 64, 200, 300", "64, 64, 31, 5", "1, 1, 3, 2", "5, 1, 1, 40"})
  void theLargestValueIsThatOfTheResizedMap(int height, int width, int toHeight, int toWidth) {
    SplittableRandom random = new SplittableRandom(8);
    float[] map = new float[height * width];
    for (int i = 0; i < map.length; i++) {
      map[i] = (float) random.nextGaussian();
    }
    float[] resized = BilinearMap.resize(map, height, width, toHeight, toWidth);
    Arrays.sort(resized);
    assertThat(BilinearMap.largest(map, height, width, toHeight, toWidth))
        .isEqualTo(resized[resized.length - 1]);
  }

  @Test
  void refusesAMapOfAnotherLength() {
    assertThatThrownBy(() -> BilinearMap.resize(new float[5], 2, 3, 4, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot read a map of 2 x 3 from 5 values.");
  }
}
