package dev.puad.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.BadInputException;
import dev.puad.model.dataset.Augmentation.Step;
import dev.puad.model.image.Flip;
import dev.puad.model.image.RgbImage;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AugmentationTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "screw_bag",
        "pushpins",
        "splicing_connectors",
        "bottle",
        "carpet",
        "grid",
        "hazelnut",
        "leather",
        "screw",
        "tile",
        "wood",
        "zipper"
      })
  void theseAreMirroredBothWays(String category) {
    assertThat(Augmentation.parse("loco", category).steps()).containsExactly(Step.values());
  }

  @ParameterizedTest
  @ValueSource(strings = {"toothbrush", "transistor"})
  void theseAreMirroredSidewaysOnly(String category) {
    assertThat(Augmentation.parse("loco", category).steps())
        .containsExactly(Step.HORIZONTAL_FLIP, Step.ROTATION, Step.COLOR_JITTER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"breakfast_box", "juice_bottle", "cable", "capsule", "metal_nut", "pill"})
  void theseAreNotMirrored(String category) {
    assertThat(Augmentation.parse("loco", category).steps())
        .containsExactly(Step.ROTATION, Step.COLOR_JITTER);
  }

  @Test
  void aCategoryOfNeitherDataSetIsRefused() {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> Augmentation.parse("loco", "gear"))
        .withMessage(
            "Cannot augment category gear as the LOCO paper does: it knows bottle, breakfast_box,"
                + " cable, capsule, carpet, grid, hazelnut, juice_bottle, leather, metal_nut, pill,"
                + " pushpins, screw, screw_bag, splicing_connectors, tile, toothbrush, transistor,"
                + " wood, zipper. Name the steps instead, such as"
                + " --augmentation horizontal-flip,rotation,color-jitter.");
  }

  @Test
  void stepsAreNamedForAnyCategory() {
    assertThat(Augmentation.parse("rotation, vertical-flip", "gear").steps())
        .containsExactly(Step.VERTICAL_FLIP, Step.ROTATION);
  }

  @Test
  void noneLeavesImagesAsTheyAre() {
    RgbImage noise = noise();

    assertThat(Augmentation.parse("none", "gear").apply(noise, new Random(1))).isSameAs(noise);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "flip", "rotation,", "loco,rotation"})
  void anythingElseIsUnknown(String text) {
    assertThat(Augmentation.isKnown(text)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"vertical-flip", "horizontal-flip"})
  void halfOfTheImagesAreMirrored(String text) {
    Augmentation augmentation = Augmentation.parse(text, "gear");
    RgbImage noise = noise();
    byte[] mirrored =
        (text.equals("vertical-flip") ? Flip.vertical(noise) : Flip.horizontal(noise)).pixels();
    Random random = new Random(1);
    int flips = 0;
    int draws = 2000;
    for (int draw = 0; draw < draws; draw++) {
      byte[] applied = augmentation.apply(noise, random).pixels();
      flips += Arrays.equals(applied, mirrored) ? 1 : 0;
    }

    // Standard deviation 0.0112.
    assertThat((double) flips / draws).isCloseTo(0.5, within(0.045));
  }

  @Test
  void imagesTurnByUpToThreeDegreesEitherWay() {
    int side = 201;
    Augmentation rotation = new Augmentation(List.of(Step.ROTATION));
    Random random = new Random(1);
    double least = 0;
    double most = 0;
    for (int draw = 0; draw < 200; draw++) {
      double angle = angle(rotation.apply(edge(side), random));
      least = Math.min(least, angle);
      most = Math.max(most, angle);
    }

    assertThat(least).isBetween(-3.1, -2.8);
    assertThat(most).isBetween(2.8, 3.1);
  }

  @Test
  void jitterChangesTheBrightnessByUpToATenth() {
    byte[] pixels = new byte[3 * 4];
    Arrays.fill(pixels, (byte) 200);
    RgbImage grey = new RgbImage(2, 2, pixels);
    Augmentation jitter = new Augmentation(List.of(Step.COLOR_JITTER));
    Random random = new Random(1);
    int least = 255;
    int most = 0;
    for (int draw = 0; draw < 1000; draw++) {
      int value = Byte.toUnsignedInt(jitter.apply(grey, random).pixels()[0]);
      least = Math.min(least, value);
      most = Math.max(most, value);
    }

    assertThat(least).isEqualTo(180);
    assertThat(most).isEqualTo(219);
  }

  @Test
  void theSameStreamGivesTheSameImage() {
    Augmentation all = new Augmentation(List.of(Step.values()));

    assertThat(all.apply(noise(), new Random(5)).pixels())
        .isEqualTo(all.apply(noise(), new Random(5)).pixels());
  }

  /** White left of the middle column, black right of it. */
  private static RgbImage edge(int side) {
    byte[] pixels = new byte[3 * side * side];
    for (int i = 0; i < side * side; i++) {
      Arrays.fill(pixels, 3 * i, 3 * i + 3, (byte) (i % side < side / 2 ? 255 : 0));
    }
    return new RgbImage(side, side, pixels);
  }

  /** The edge's tilt in degrees, from where it crosses two rows. */
  private static double angle(RgbImage image) {
    double run = crossing(image, 30) - crossing(image, 170);
    return Math.toDegrees(Math.atan2(run, 140));
  }

  private static double crossing(RgbImage image, int y) {
    double white = 0;
    for (int x = 0; x < image.width(); x++) {
      white += Byte.toUnsignedInt(image.pixels()[3 * (y * image.width() + x)]) / 255.0;
    }
    return white;
  }

  private static RgbImage noise() {
    byte[] pixels = new byte[3 * 10 * 7];
    new Random(2).nextBytes(pixels);
    return new RgbImage(10, 7, pixels);
  }
}
