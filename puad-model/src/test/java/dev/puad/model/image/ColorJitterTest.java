package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.Fixtures;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColorJitterTest {

  private static final float TOLERANCE = 1e-6f;

  @ParameterizedTest
  @CsvSource({"0.8, 0-8", "1.0, 1-0", "1.2, 1-2"})
  void brightnessEqualsTorchvision(float factor, String name) {
    assertEquals(ColorJitter.brightness(input(), factor), "brightness-" + name);
  }

  @ParameterizedTest
  @CsvSource({"0.8, 0-8", "1.0, 1-0", "1.2, 1-2"})
  void contrastEqualsTorchvision(float factor, String name) {
    assertEquals(ColorJitter.contrast(input(), factor), "contrast-" + name);
  }

  @ParameterizedTest
  @CsvSource({"0.8, 0-8", "1.0, 1-0", "1.2, 1-2"})
  void saturationEqualsTorchvision(float factor, String name) {
    assertEquals(ColorJitter.saturation(input(), factor), "saturation-" + name);
  }

  @Test
  void greyEqualsTorchvision() {
    float[] grey = ColorJitter.grey(input());
    float[] expected = Fixtures.npy("color-jitter/tensor-grayscale.npy").floats();

    for (int i = 0; i < expected.length; i++) {
      assertThat(grey[i % grey.length]).isCloseTo(expected[i], within(TOLERANCE));
    }
  }

  @Test
  void jitterDrawsFactorsFromTheWholeRangeAndNoFurther() {
    // On uniform grey only brightness acts, so the ratio to the input is its factor.
    float[] grey = new float[3 * 4];
    Arrays.fill(grey, 0.5f);
    Random random = new Random(1);
    double least = Double.MAX_VALUE;
    double most = 0;
    int changed = 0;
    int draws = 3000;
    for (int draw = 0; draw < draws; draw++) {
      double factor = ColorJitter.jitter(grey, random)[0] / 0.5;
      least = Math.min(least, factor);
      most = Math.max(most, factor);
      changed += Math.abs(factor - 1) > 1e-3 ? 1 : 0;
    }

    assertThat(least).isBetween(0.8 - 1e-6, 0.802);
    assertThat(most).isBetween(1.198, 1.2 + 1e-6);
    assertThat((double) changed / draws).isCloseTo(1 / 3.0, within(0.03));
  }

  @Test
  void sameRandomStreamGivesSameJitter() {
    float[] image = new float[3 * 4];
    for (int i = 0; i < image.length; i++) {
      image[i] = i / 12f;
    }

    assertThat(ColorJitter.jitter(image, new Random(7)))
        .isEqualTo(ColorJitter.jitter(image, new Random(7)));
  }

  @Test
  void leavesItsInputAsItIs() {
    float[] image = {0.1f, 0.2f, 0.3f};

    ColorJitter.jitter(image, new Random(3));

    assertThat(image).containsExactly(0.1f, 0.2f, 0.3f);
  }

  private static float[] input() {
    return Fixtures.npy("color-jitter/input.npy").floats();
  }

  private static void assertEquals(float[] actual, String name) {
    float[] expected = Fixtures.npy("color-jitter/" + name + ".npy").floats();
    assertThat(actual).containsExactly(expected, within(TOLERANCE));
  }
}
