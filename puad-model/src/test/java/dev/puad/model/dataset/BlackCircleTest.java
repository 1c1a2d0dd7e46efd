package dev.puad.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.image.GreyImage;
import dev.puad.model.image.RgbImage;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class BlackCircleTest {

  private static final int SIZE = 128;

  /**
   * Five standard deviations: 3 x 128 x 128 background values, each with a variance of 80 / 12,
   * over 3 channels and 251.
   */
  private static final double DARKNESS_NOISE =
      5 * Math.sqrt(RgbImage.CHANNELS * SIZE * SIZE * 80 / 12.0) / RgbImage.CHANNELS / 251;

  private static final int AREA = Disc.area(BlackCircle.RADIUS);

  @RepeatedTest(10)
  void goodImagesAreAsDarkAsOneCircle(RepetitionInfo repetition) {
    BlackCircle drawn = draw(AnomalyKind.GOOD, repetition.getCurrentRepetition());

    assertThat(darkness(drawn.image())).isCloseTo(AREA, within(DARKNESS_NOISE));
    assertThat(marked(drawn.groundTruth())).isZero();
  }

  @RepeatedTest(10)
  void logicalImagesAreAsDarkAsTwoCirclesThatAreBothMarked(RepetitionInfo repetition) {
    BlackCircle drawn = draw(AnomalyKind.LOGICAL, repetition.getCurrentRepetition());

    assertThat(darkness(drawn.image())).isCloseTo(2 * AREA, within(DARKNESS_NOISE));
    assertThat(marked(drawn.groundTruth())).isEqualTo(2 * AREA);
  }

  @RepeatedTest(10)
  void darkPixelsOfLogicalImagesAreMarked(RepetitionInfo repetition) {
    BlackCircle drawn = draw(AnomalyKind.LOGICAL, repetition.getCurrentRepetition());

    int darkUnmarked = 0;
    int brightMarked = 0;
    for (int i = 0; i < SIZE * SIZE; i++) {
      int red = Byte.toUnsignedInt(drawn.image().pixels()[i * RgbImage.CHANNELS]);
      // Blurring moves the edge's half-way value by less than a pixel's share.
      int marked = drawn.groundTruth().value(i);
      darkUnmarked += red < 80 && marked != BlackCircle.SECOND_CIRCLE ? 1 : 0;
      brightMarked += red > 180 && marked != 0 ? 1 : 0;
    }
    assertThat(darkUnmarked).isZero();
    assertThat(brightMarked).isZero();
  }

  @RepeatedTest(20)
  void structuralImagesDifferFromGoodOnesOnlyAroundTheRegion(RepetitionInfo repetition) {
    int seed = repetition.getCurrentRepetition();
    // The same random stream puts the same circle on the same background.
    RgbImage good = draw(AnomalyKind.GOOD, seed).image();
    BlackCircle drawn = draw(AnomalyKind.STRUCTURAL, seed);

    int reach = GaussianBlur.kernel(1.5).length - 1;
    int brightest = 0;
    for (int i = 0; i < SIZE * SIZE; i++) {
      for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
        int index = i * RgbImage.CHANNELS + channel;
        int difference =
            Byte.toUnsignedInt(drawn.image().pixels()[index])
                - Byte.toUnsignedInt(good.pixels()[index]);
        brightest = Math.max(brightest, difference);
        if (difference != 0) {
          assertThat(difference).isPositive();
          assertThat(markedWithin(drawn.groundTruth(), i % SIZE, i / SIZE, reach)).isTrue();
        }
      }
    }
    assertThat(brightest).isGreaterThan(64);
  }

  @RepeatedTest(20)
  void theColouredRegionIsPartOfTheCircle(RepetitionInfo repetition) {
    int seed = repetition.getCurrentRepetition();
    RgbImage good = draw(AnomalyKind.GOOD, seed).image();
    GreyImage truth = draw(AnomalyKind.STRUCTURAL, seed).groundTruth();

    for (int i = 0; i < SIZE * SIZE; i++) {
      if (truth.value(i) != 0) {
        assertThat(truth.value(i)).isEqualTo(BlackCircle.COLOURED_REGION);
        assertThat(Byte.toUnsignedInt(good.pixels()[i * RgbImage.CHANNELS])).isLessThan(180);
      }
    }
    assertThat(marked(truth)).isBetween(Disc.area(6) / 3, Disc.area(12));
  }

  @Test
  void backgroundsAverageToTheMiddleOfTheirRange() {
    RgbImage image = draw(AnomalyKind.GOOD, 1).image();
    double sum = 0;
    int count = 0;
    for (byte value : image.pixels()) {
      if (Byte.toUnsignedInt(value) >= 247) {
        sum += Byte.toUnsignedInt(value);
        count++;
      }
    }

    assertThat(sum / count).isCloseTo(251, within(0.1));
  }

  @Test
  void sameRandomStreamGivesSameImage() {
    assertThat(draw(AnomalyKind.LOGICAL, 4))
        .usingRecursiveComparison()
        .isEqualTo(draw(AnomalyKind.LOGICAL, 4));
  }

  private static BlackCircle draw(AnomalyKind kind, long seed) {
    return BlackCircle.draw(kind, SIZE, new Random(seed));
  }

  /** How many background pixels' brightness is missing; the blur keeps it, borders included. */
  private static double darkness(RgbImage image) {
    double sum = 0;
    for (byte value : image.pixels()) {
      sum += Byte.toUnsignedInt(value);
    }
    return SIZE * SIZE - sum / RgbImage.CHANNELS / 251;
  }

  private static int marked(GreyImage truth) {
    int marked = 0;
    for (byte value : truth.pixels()) {
      marked += value != 0 ? 1 : 0;
    }
    return marked;
  }

  private static boolean markedWithin(GreyImage truth, int x, int y, int reach) {
    for (int row = Math.max(0, y - reach); row <= Math.min(SIZE - 1, y + reach); row++) {
      for (int column = Math.max(0, x - reach); column <= Math.min(SIZE - 1, x + reach); column++) {
        if (truth.value(row * SIZE + column) != 0) {
          return true;
        }
      }
    }
    return false;
  }
}
