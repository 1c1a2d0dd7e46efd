package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.Fixtures;
import dev.puad.model.weights.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BilinearResizeTest {

  @ParameterizedTest
  @CsvSource({
    "rgb-37x53, to-32, 32, 32",
    "rgb-37x53, to-64, 64, 64",
    "rgb-37x53, to-256, 256, 256",
    "grey-100x64, to-32, 32, 32",
    "grey-100x64, to-64, 64, 64",
    "rgb-300x201, to-32, 32, 32",
    "rgb-300x201, to-64, 64, 64",
    "rgb-300x201, to-w64-h201, 64, 201",
    "rgba-64x45, to-32, 32, 32",
    "rgba-64x45, to-64, 64, 64",
    "grey16-81x60, to-32, 32, 32",
    "grey16-81x60, to-64, 64, 64",
    "palette-48x70, to-32, 32, 32",
    "palette-48x70, to-64, 64, 64"
  })
  void equalsPillowBitForBit(String name, String variant, int width, int height) {
    RgbImage resized = BilinearResize.resize(fixture(name + "-rgb"), width, height);

    assertThat(resized.width()).isEqualTo(width);
    assertThat(resized.pixels()).isEqualTo(fixture(name + "-" + variant).pixels());
  }

  @Test
  void keepsAnImageOfTheSameSize() {
    RgbImage image = new RgbImage(2, 1, new byte[] {1, 2, 3, 4, 5, 6});

    assertThat(BilinearResize.resize(image, 2, 1).pixels()).isEqualTo(image.pixels());
  }

  @Test
  void refusesASideOfZero() {
    RgbImage image = new RgbImage(1, 1, new byte[3]);

    assertThatThrownBy(() -> BilinearResize.resize(image, 0, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot resize to 0 x 8 pixels, both must be positive.");
  }

  static RgbImage fixture(String name) {
    Tensor array = Fixtures.npy("resize/" + name + ".npy");
    return new RgbImage(array.shape()[1], array.shape()[0], array.bytes());
  }
}
