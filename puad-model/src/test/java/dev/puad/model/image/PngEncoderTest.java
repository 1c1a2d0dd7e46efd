package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngEncoderTest {

  private static final RgbImage IMAGE =
      new RgbImage(2, 2, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, (byte) 255});

  @Test
  void samePixelsGiveSameBytes() {
    RgbImage copy = new RgbImage(IMAGE.width(), IMAGE.height(), IMAGE.pixels().clone());

    assertThat(PngEncoder.encode(copy)).isEqualTo(PngEncoder.encode(IMAGE));
  }

  @Test
  void otherReadersSeeTheSameColours() throws IOException {
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(PngEncoder.encode(IMAGE)));

    assertThat(read.getRGB(1, 1)).isEqualTo(0xFF0A0BFF);
  }
}
