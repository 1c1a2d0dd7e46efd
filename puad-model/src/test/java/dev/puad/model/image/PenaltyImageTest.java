package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PenaltyImageTest {

  private static final int SIZE = 32;
  private static final int PLANE = SIZE * SIZE;

  @Test
  void isTheMiddleAtTwiceTheSize() {
    RgbImage noise = noise();
    RgbImage large = BilinearResize.resize(noise, 2 * SIZE, 2 * SIZE);
    float[] colours = Normalization.normalize(CentreCrop.crop(large, SIZE, SIZE));
    float[] grey = Normalization.normalize(CentreCrop.crop(Greyscale.of(large), SIZE, SIZE));

    for (int seed = 0; seed < 20; seed++) {
      float[] prepared = PenaltyImage.prepare(noise, SIZE, new Random(seed));
      assertThat(Arrays.equals(prepared, colours) || Arrays.equals(prepared, grey)).isTrue();
    }
  }

  @Test
  void threeInTenAreGrey() {
    RgbImage noise = noise();
    Random random = new Random(1);
    int grey = 0;
    int draws = 2000;
    for (int draw = 0; draw < draws; draw++) {
      float[] prepared = PenaltyImage.prepare(noise, SIZE, random);
      float red = prepared[0] * 0.229f + 0.485f;
      float green = prepared[PLANE] * 0.224f + 0.456f;
      grey += Math.abs(red - green) < 1e-5 ? 1 : 0;
    }

    // Standard deviation 0.0102.
    assertThat((double) grey / draws).isCloseTo(0.3, within(0.04));
  }

  private static RgbImage noise() {
    byte[] pixels = new byte[3 * 20 * 30];
    new Random(2).nextBytes(pixels);
    return new RgbImage(20, 30, pixels);
  }
}
