package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

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
}
