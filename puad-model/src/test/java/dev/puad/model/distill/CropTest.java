package dev.puad.model.distill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.image.RgbImage;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CropTest {

  private static final int DRAWS = 2000;
  private static final int WIDTH = 40;
  private static final int HEIGHT = 30;

  private final SplittableRandom random = new SplittableRandom(1);

  /** Each pixel's red is its column, its green its row. */
  private final RgbImage image = coordinates();

  @Test
  void aPartIsASquareOfTheImageFlippedOrNot() {
    Crop crop = new Crop(8, 20);
    for (int i = 0; i < DRAWS; i++) {
      RgbImage part = crop.draw(image, random);
      int across = red(part, 1, 0) - red(part, 0, 0);
      int down = green(part, 0, 1) - green(part, 0, 0);
      assertThat(Math.abs(across)).isEqualTo(1);
      assertThat(Math.abs(down)).isEqualTo(1);
      for (int y = 0; y < part.height(); y++) {
        for (int x = 0; x < part.width(); x++) {
          assertThat(red(part, x, y)).isEqualTo(red(part, 0, 0) + across * x);
          assertThat(green(part, x, y)).isEqualTo(green(part, 0, 0) + down * y);
        }
      }
    }
  }

  @Test
  void everySideAndEveryFlipIsDrawn() {
    Set<Integer> sides = new HashSet<>();
    Set<String> flips = new HashSet<>();
    for (int i = 0; i < DRAWS; i++) {
      RgbImage part = new Crop(8, 12).draw(image, random);
      assertThat(part.width()).isEqualTo(part.height());
      sides.add(part.width());
      flips.add(
          (red(part, 1, 0) - red(part, 0, 0)) + " " + (green(part, 0, 1) - green(part, 0, 0)));
    }
    assertThat(sides).containsExactlyInAnyOrder(8, 9, 10, 11, 12);
    assertThat(flips).containsExactlyInAnyOrder("1 1", "1 -1", "-1 1", "-1 -1");
  }

  @Test
  void partsReachEveryBorder() {
    Set<Integer> columns = new HashSet<>();
    Set<Integer> rows = new HashSet<>();
    for (int i = 0; i < DRAWS; i++) {
      RgbImage part = new Crop(20, 25).draw(image, random);
      columns.add(red(part, 0, 0));
      columns.add(red(part, part.width() - 1, 0));
      rows.add(green(part, 0, 0));
      rows.add(green(part, 0, part.height() - 1));
    }
    assertThat(columns).contains(0, WIDTH - 1);
    assertThat(rows).contains(0, HEIGHT - 1);
  }

  @Test
  void aTenthIsGrey() {
    int grey = 0;
    for (int i = 0; i < DRAWS; i++) {
      if (Crop.isGrey(random)) {
        grey++;
      }
    }
    // Four standard deviations of a binomial.
    assertThat((double) grey / DRAWS).isBetween(0.1 - 0.027, 0.1 + 0.027);
  }

  @Test
  void theWholeImageStays() {
    assertThat(Crop.WHOLE.isWhole()).isTrue();
    assertThat(Crop.WHOLE.draw(image, random)).isSameAs(image);
  }

  @Test
  void anImagesShorterSideBoundsThePart() {
    RgbImage part = new Crop(128, 288).draw(image, random);
    assertThat(part.width()).isEqualTo(HEIGHT);
    assertThat(part.height()).isEqualTo(HEIGHT);
  }

  @Test
  void theSameSeedDrawsTheSame() {
    Crop crop = new Crop(8, 20);
    assertThat(crop.draw(image, new SplittableRandom(9)).pixels())
        .isEqualTo(crop.draw(image, new SplittableRandom(9)).pixels());
  }

  private static RgbImage coordinates() {
    byte[] pixels = new byte[3 * WIDTH * HEIGHT];
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      pixels[3 * i] = (byte) (i % WIDTH);
      pixels[3 * i + 1] = (byte) (i / WIDTH);
      pixels[3 * i + 2] = (byte) 200;
    }
    return new RgbImage(WIDTH, HEIGHT, pixels);
  }

  private static int red(RgbImage part, int x, int y) {
    return part.pixels()[3 * (y * part.width() + x)];
  }

  private static int green(RgbImage part, int x, int y) {
    return part.pixels()[3 * (y * part.width() + x) + 1];
  }
}
