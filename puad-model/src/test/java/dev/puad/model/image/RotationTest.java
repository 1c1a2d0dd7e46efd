package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RotationTest {

  @Test
  void noAngleChangesNothing() {
    RgbImage noise = noise(13, 8);

    assertThat(Rotation.rotate(noise, 0).pixels()).isEqualTo(noise.pixels());
  }

  @Test
  void aRightAngleTurnsTheTopToTheLeft() {
    int side = 9;
    RgbImage noise = noise(side, side);

    RgbImage turned = Rotation.rotate(noise, 90);

    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        assertThat(pixel(turned, y, side - 1 - x)).isEqualTo(pixel(noise, x, y));
      }
    }
  }

  @Test
  void aGradientStaysLinearInside() {
    int side = 64;
    byte[] pixels = new byte[3 * side * side];
    for (int i = 0; i < side * side; i++) {
      Arrays.fill(pixels, 3 * i, 3 * i + 3, (byte) (20 + 2 * (i % side) + i / side));
    }

    RgbImage rotated = Rotation.rotate(new RgbImage(side, side, pixels), 3);

    double centre = (side - 1) / 2.0;
    double angle = Math.toRadians(3);
    for (int y = 5; y < side - 5; y++) {
      for (int x = 5; x < side - 5; x++) {
        double fromX = centre + Math.cos(angle) * (x - centre) - Math.sin(angle) * (y - centre);
        double fromY = centre + Math.sin(angle) * (x - centre) + Math.cos(angle) * (y - centre);
        assertThat((double) pixel(rotated, x, y)[0])
            .isCloseTo(20 + 2 * fromX + fromY, within(0.5 + 1e-9));
      }
    }
  }

  @Test
  void whatComesFromOutsideRepeatsTheBorder() {
    byte[] pixels = new byte[3 * 32 * 32];
    Arrays.fill(pixels, (byte) 200);

    assertThat(Rotation.rotate(new RgbImage(32, 32, pixels), 30).pixels()).isEqualTo(pixels);
  }

  @Test
  void turningBackRestoresASmoothImage() {
    int side = 64;
    byte[] pixels = new byte[3 * side * side];
    for (int i = 0; i < side * side; i++) {
      int y = i / side;
      double wave = Math.sin((i % side) / 9.0) + Math.cos(y / 7.0);
      Arrays.fill(pixels, 3 * i, 3 * i + 3, (byte) Math.round(128 + 50 * wave));
    }
    RgbImage smooth = new RgbImage(side, side, pixels);

    RgbImage back = Rotation.rotate(Rotation.rotate(smooth, 3), -3);

    for (int y = 5; y < side - 5; y++) {
      for (int x = 5; x < side - 5; x++) {
        assertThat(pixel(back, x, y)[0]).isCloseTo(pixel(smooth, x, y)[0], within(2));
      }
    }
  }

  private static RgbImage noise(int width, int height) {
    byte[] pixels = new byte[3 * width * height];
    new Random(1).nextBytes(pixels);
    return new RgbImage(width, height, pixels);
  }

  private static int[] pixel(RgbImage image, int x, int y) {
    int[] pixel = new int[3];
    for (int channel = 0; channel < 3; channel++) {
      pixel[channel] = Byte.toUnsignedInt(image.pixels()[3 * (y * image.width() + x) + channel]);
    }
    return pixel;
  }
}
