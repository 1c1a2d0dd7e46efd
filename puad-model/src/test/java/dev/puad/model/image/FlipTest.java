package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FlipTest {

  /** A row of two pixels above another. */
  private static final RgbImage IMAGE =
      new RgbImage(2, 2, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});

  @Test
  void horizontallyLeftBecomesRight() {
    assertThat(Flip.horizontal(IMAGE).pixels())
        .containsExactly(4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9);
  }

  @Test
  void verticallyTopBecomesBottom() {
    assertThat(Flip.vertical(IMAGE).pixels())
        .containsExactly(7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6);
  }

  @Test
  void flippingTwiceChangesNothing() {
    RgbImage odd = new RgbImage(3, 1, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});

    assertThat(Flip.horizontal(Flip.horizontal(odd)).pixels()).isEqualTo(odd.pixels());
    assertThat(Flip.vertical(Flip.vertical(odd)).pixels()).isEqualTo(odd.pixels());
  }
}
