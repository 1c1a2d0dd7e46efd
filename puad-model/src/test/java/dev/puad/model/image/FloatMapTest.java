package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FloatMapTest {

  @Test
  void refusesValuesThatDoNotFillIt() {
    assertThatThrownBy(() -> new FloatMap(2, 3, new float[7]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot make an image of 2 x 3 x 1 from 7 values, it needs 6.");
  }

  @Test
  void refusesASideOfZero() {
    assertThatThrownBy(() -> new FloatMap(2, 0, new float[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot make an image of 2 x 0 pixels, both must be positive.");
  }
}
