package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.Fixtures;
import dev.puad.model.weights.Tensor;
import java.util.Arrays;
import java.util.Random;
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

  @ParameterizedTest
  @CsvSource({
    "97, 61, 13, 9",
    "97, 61, 97, 9",
    "97, 61, 13, 61",
    "97, 61, 96, 60",
    "9, 7, 50, 40",
    "9, 70, 50, 8",
    "70, 9, 8, 50",
    "1, 1, 5, 4",
    "5, 4, 1, 1",
    "64, 64, 32, 32",
    "500, 3, 7, 2"
  })
  void equalsTheSumOverEachWindow(int width, int height, int toWidth, int toHeight) {
    byte[] pixels = new byte[width * height * RgbImage.CHANNELS];
    new Random(width).nextBytes(pixels);
    RgbImage image = new RgbImage(width, height, pixels);

    RgbImage wide = transposed(resizedRows(image, toWidth));
    RgbImage expected = transposed(resizedRows(wide, toHeight));

    assertThat(BilinearResize.resize(image, toWidth, toHeight).pixels())
        .isEqualTo(expected.pixels());
  }

  @Test
  void keepsWhiteWhite() {
    byte[] white = new byte[300 * 200 * RgbImage.CHANNELS];
    Arrays.fill(white, (byte) 255);

    assertThat(BilinearResize.resize(new RgbImage(300, 200, white), 31, 17).pixels())
        .containsOnly(-1);
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

  /** One pass as Pillow's source defines it, a value at a time. */
  private static RgbImage resizedRows(RgbImage image, int width) {
    byte[] out = new byte[width * image.height() * RgbImage.CHANNELS];
    double scale = (double) image.width() / width;
    double support = Math.max(scale, 1);
    for (int i = 0; i < out.length; i++) {
      int channel = i % RgbImage.CHANNELS;
      int x = i / RgbImage.CHANNELS % width;
      int y = i / RgbImage.CHANNELS / width;
      double centre = (x + 0.5) * scale;
      int start = Math.max(0, (int) (centre - support + 0.5));
      int end = Math.min(image.width(), (int) (centre + support + 0.5));
      double total = 0;
      for (int from = start; from < end; from++) {
        total += triangle(from, centre, support);
      }
      int sum = 1 << 21;
      for (int from = start; from < end; from++) {
        int weight = (int) (triangle(from, centre, support) * (1 / total) * (1 << 22) + 0.5);
        int sample =
            image.pixels()[(y * image.width() + from) * RgbImage.CHANNELS + channel] & 0xFF;
        sum += weight * sample;
      }
      out[i] = (byte) Math.min(255, sum >> 22);
    }
    return new RgbImage(width, image.height(), out);
  }

  private static double triangle(int from, double centre, double support) {
    return Math.max(0, 1 - Math.abs((from - centre + 0.5) * (1 / support)));
  }

  private static RgbImage transposed(RgbImage image) {
    byte[] out = new byte[image.pixels().length];
    for (int i = 0; i < out.length; i++) {
      int channel = i % RgbImage.CHANNELS;
      int x = i / RgbImage.CHANNELS % image.height();
      int y = i / RgbImage.CHANNELS / image.height();
      out[i] = image.pixels()[(x * image.width() + y) * RgbImage.CHANNELS + channel];
    }
    return new RgbImage(image.height(), image.width(), out);
  }

  static RgbImage fixture(String name) {
    Tensor array = Fixtures.npy("resize/" + name + ".npy");
    return new RgbImage(array.shape()[1], array.shape()[0], array.bytes());
  }
}
