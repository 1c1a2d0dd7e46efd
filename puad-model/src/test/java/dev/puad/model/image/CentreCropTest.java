package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CentreCropTest {

  @ParameterizedTest
  @CsvSource({
    "rgb-300x201-to-64, rgb-300x201-to-64-crop-32, 32, 32",
    "rgb-300x201-rgb, rgb-300x201-crop-h33-w27, 27, 33"
  })
  void equalsTorchvision(String source, String expected, int width, int height) {
    assertThat(CentreCrop.crop(BilinearResizeTest.fixture(source), width, height).pixels())
        .isEqualTo(BilinearResizeTest.fixture(expected).pixels());
  }

  @Test
  void refusesACropLargerThanTheImage() {
    RgbImage image = new RgbImage(2, 1, new byte[6]);

    assertThatThrownBy(() -> CentreCrop.crop(image, 3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot crop 3 x 1 pixels from an image of 2 x 1.");
  }
}
