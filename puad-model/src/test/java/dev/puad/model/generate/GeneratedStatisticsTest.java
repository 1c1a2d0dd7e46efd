package dev.puad.model.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.image.RgbImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Generated images have the statistics of photographs. */
class GeneratedStatisticsTest {

  private static final int COUNT = 96;
  private static final int SIDE = 128;

  private static final List<RgbImage> IMAGES = draw();

  /** Photographs: 0.8 to 1.5 from image to image, 1.2 on average (Tolhurst et al., 1992). */
  @Test
  void amplitudesFallAsTheInverseOfTheFrequency() {
    double[] power = new double[SIDE / 2];
    for (RgbImage image : IMAGES) {
      RowSpectrum.add(luma(image), SIDE, power);
    }

    assertThat(RowSpectrum.exponent(power)).isBetween(0.8, 1.4);
  }

  /** A normal distribution has 3; photographs have 5 to 50. */
  @Test
  void differencesOfNeighboursAreHeavyTailed() {
    double[] kurtoses = IMAGES.stream().mapToDouble(GeneratedStatisticsTest::kurtosis).toArray();
    Arrays.sort(kurtoses);

    assertThat(kurtoses[COUNT / 4]).isGreaterThan(5);
    assertThat(kurtoses[COUNT / 2]).isGreaterThan(9);
  }

  @Test
  void noImageIsBlank() {
    for (RgbImage image : IMAGES) {
      byte[] sorted = image.pixels().clone();
      Arrays.sort(sorted);

      assertThat(sorted[0]).isNotEqualTo(sorted[sorted.length - 1]);
    }
  }

  @Test
  void mostImagesHaveContrast() {
    long strong = IMAGES.stream().filter(image -> deviation(luma(image)) > 20).count();

    assertThat(strong).isGreaterThan(COUNT * 3 / 4);
  }

  @Test
  void someImagesAreAlmostEven() {
    assertThat(IMAGES).anyMatch(image -> deviation(luma(image)) < 20);
  }

  @Test
  void imagesTogetherHaveEveryValueFromBlackToWhite() {
    boolean[] seen = new boolean[256];
    for (RgbImage image : IMAGES) {
      for (byte value : image.pixels()) {
        seen[Byte.toUnsignedInt(value)] = true;
      }
    }

    assertThat(seen).doesNotContain(false);
  }

  @Test
  void imagesAreNeitherDarkNorBrightOnTheWhole() {
    double mean = IMAGES.stream().mapToDouble(image -> mean(luma(image))).average().orElseThrow();

    assertThat(mean).isBetween(90.0, 160.0);
  }

  @Test
  void someImagesAreGreyAndMostAreColoured() {
    long grey = IMAGES.stream().filter(image -> colourfulness(image) < 4).count();

    assertThat(grey).isBetween(COUNT / 20L, COUNT / 2L);
  }

  @Test
  void channelsGoTogether() {
    double together = 0;
    for (RgbImage image : IMAGES) {
      together += correlation(channel(image, 0), channel(image, 1)) / COUNT;
    }

    assertThat(together).isGreaterThan(0.7);
  }

  private static List<RgbImage> draw() {
    List<RgbImage> images = new ArrayList<>();
    for (int index = 0; index < COUNT; index++) {
      images.add(GeneratedImage.draw(1, index, SIDE));
    }
    return images;
  }

  private static double kurtosis(RgbImage image) {
    double[] luma = luma(image);
    double squares = 0;
    double fourths = 0;
    int count = 0;
    for (int i = 1; i < luma.length; i++) {
      if (i % SIDE != 0) {
        double square = (luma[i] - luma[i - 1]) * (luma[i] - luma[i - 1]);
        squares += square;
        fourths += square * square;
        count++;
      }
    }
    return count * fourths / (squares * squares);
  }

  private static double colourfulness(RgbImage image) {
    double[] red = channel(image, 0);
    double[] blue = channel(image, 2);
    double[] green = channel(image, 1);
    double sum = 0;
    for (int i = 0; i < red.length; i++) {
      sum +=
          Math.max(red[i], Math.max(green[i], blue[i]))
              - Math.min(red[i], Math.min(green[i], blue[i]));
    }
    return sum / red.length;
  }

  private static double correlation(double[] one, double[] other) {
    double mean = mean(one);
    double otherMean = mean(other);
    double product = 0;
    for (int i = 0; i < one.length; i++) {
      product += (one[i] - mean) * (other[i] - otherMean);
    }
    double scale = deviation(one) * deviation(other) * one.length;
    return scale == 0 ? 1 : product / scale;
  }

  private static double[] luma(RgbImage image) {
    double[] luma = new double[SIDE * SIDE];
    double[] weights = {0.299, 0.587, 0.114};
    for (int c = 0; c < RgbImage.CHANNELS; c++) {
      double[] channel = channel(image, c);
      for (int i = 0; i < luma.length; i++) {
        luma[i] += weights[c] * channel[i];
      }
    }
    return luma;
  }

  private static double[] channel(RgbImage image, int channel) {
    double[] values = new double[SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = Byte.toUnsignedInt(image.pixels()[i * RgbImage.CHANNELS + channel]);
    }
    return values;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double deviation(double[] values) {
    double mean = mean(values);
    return Math.sqrt(
        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
  }
}
