package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.Fixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnhancementTest {

  @ParameterizedTest
  @CsvSource({"0.8, 0-8", "1.2, 1-2"})
  void brightnessEqualsPillow(float factor, String name) {
    assertThat(Enhancement.brightness(input(), factor).pixels())
        .isEqualTo(expected("brightness-" + name));
  }

  @ParameterizedTest
  @CsvSource({"0.8, 0-8", "1.2, 1-2"})
  void contrastEqualsPillow(float factor, String name) {
    assertThat(Enhancement.contrast(input(), factor).pixels())
        .isEqualTo(expected("contrast-" + name));
  }

  @ParameterizedTest
  @CsvSource({"0.8, 0-8", "1.2, 1-2"})
  void saturationEqualsPillow(float factor, String name) {
    assertThat(Enhancement.saturation(input(), factor).pixels())
        .isEqualTo(expected("saturation-" + name));
  }

  @Test
  void aFactorOfOneChangesNothing() {
    RgbImage image = input();

    assertThat(Enhancement.brightness(image, 1).pixels()).isEqualTo(image.pixels());
    assertThat(Enhancement.contrast(image, 1).pixels()).isEqualTo(image.pixels());
    assertThat(Enhancement.saturation(image, 1).pixels()).isEqualTo(image.pixels());
  }

  private static RgbImage input() {
    return new RgbImage(48, 48, Fixtures.npy("color-jitter/input-u8.npy").bytes());
  }

  private static byte[] expected(String name) {
    return Fixtures.npy("color-jitter/pil-" + name + ".npy").bytes();
  }
}
