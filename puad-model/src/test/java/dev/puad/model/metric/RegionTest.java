package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RegionTest {

  @Test
  void refusesNoPixels() {
    assertThatThrownBy(() -> new Region(new int[0], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A region needs at least 1 pixel.");
  }

  @Test
  void refusesPixelsThatDoNotAscend() {
    assertThatThrownBy(() -> new Region(new int[] {3, 3}, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Pixel 3 follows 3: a region's pixels must ascend.");
  }

  @Test
  void refusesANegativePixel() {
    assertThatThrownBy(() -> new Region(new int[] {-1}, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Pixel -1 is not in an image.");
  }

  @Test
  void refusesASaturationOfZero() {
    assertThatThrownBy(() -> new Region(new int[] {0}, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot saturate a region of 1 pixels at 0.0: choose above 0 and at most its size.");
  }

  @Test
  void refusesASaturationBeyondTheRegion() {
    assertThatThrownBy(() -> new Region(new int[] {0, 1}, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot saturate a region of 2 pixels at 3.0: choose above 0 and at most its size.");
  }
}
