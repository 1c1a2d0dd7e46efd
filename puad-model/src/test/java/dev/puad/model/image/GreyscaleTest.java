package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.Fixtures;
import org.junit.jupiter.api.Test;

class GreyscaleTest {

  @Test
  void equalsPillow() {
    RgbImage image = new RgbImage(48, 48, Fixtures.npy("color-jitter/input-u8.npy").bytes());

    assertThat(Greyscale.of(image).pixels())
        .isEqualTo(Fixtures.npy("color-jitter/pil-grayscale.npy").bytes());
  }

  @Test
  void greyStaysAsItIs() {
    byte[] grey = new byte[3 * 256];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (byte) (i / 3);
    }

    assertThat(Greyscale.of(new RgbImage(16, 16, grey)).pixels()).isEqualTo(grey);
  }
}
