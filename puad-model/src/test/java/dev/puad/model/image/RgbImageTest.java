package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RgbImageTest {

  @Test
  void refusesTooFewBytes() {
    assertThatThrownBy(() -> new RgbImage(2, 3, new byte[17]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot make an image of 2 x 3 x 3 from 17 values, it needs 18.");
  }

  @Test
  void refusesASideOfZero() {
    assertThatThrownBy(() -> new RgbImage(0, 3, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot make an image of 0 x 3 pixels, both must be positive.");
  }

  @Test
  void aPartHasThePixelsFromItsCornerOn() {
    byte[] pixels = new byte[3 * 4 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) i;
    }
    RgbImage part = new RgbImage(4, 3, pixels).part(1, 1, 2, 2);

    assertThat(part.width()).isEqualTo(2);
    assertThat(part.height()).isEqualTo(2);
    assertThat(part.pixels()).containsExactly(15, 16, 17, 18, 19, 20, 27, 28, 29, 30, 31, 32);
  }

  @ParameterizedTest
  @CsvSource({"-1, 0, 2, 2", "3, 0, 2, 2", "0, 2, 2, 2", "0, 0, 5, 1"})
  void refusesAPartThatIsNotWithin(int left, int top, int width, int height) {
    RgbImage image = new RgbImage(4, 3, new byte[36]);
    assertThatThrownBy(() -> image.part(left, top, width, height))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
