package dev.puad.model.distill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.OpenData;
import dev.puad.model.image.Normalization;
import dev.puad.model.image.RgbImage;
import dev.puad.model.weights.NpzFile;
import dev.puad.model.weights.StateDict;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PixelScalingTest {

  /** Two pixels, one below the other. */
  private static final RgbImage IMAGE =
      new RgbImage(1, 2, new byte[] {0, 51, (byte) 255, 102, (byte) 204, (byte) 153});

  @Test
  void symmetricIsFromMinusOneToOneChannelByChannel() {
    assertThat(PixelScaling.SYMMETRIC.scale(IMAGE))
        .containsExactly(
            -1, 102 / 127.5f - 1, 51 / 127.5f - 1, 204 / 127.5f - 1, 1, 153 / 127.5f - 1);
  }

  @Test
  void symmetricIsWhatMobileNetWasGivenBitForBit() throws IOException {
    StateDict given = NpzFile.read(OpenData.path("backbone/expected.npz"));
    int length = 3 * 128 * 128;
    byte[] pixels = Arrays.copyOf(given.tensor("pixels").bytes(), length);

    float[] scaled = PixelScaling.SYMMETRIC.scale(new RgbImage(128, 128, pixels));

    float[] expected = Arrays.copyOf(given.tensor("image").floats(), length);
    assertThat(Arrays.mismatch(scaled, expected)).isEqualTo(-1);
  }

  @Test
  void unitIsFromZeroToOne() {
    assertThat(PixelScaling.UNIT.scale(IMAGE)).containsExactly(0, 0.4f, 0.2f, 0.8f, 1, 0.6f);
  }

  @Test
  void imagenetIsWhatTeachersSee() {
    assertThat(PixelScaling.IMAGENET.scale(IMAGE)).isEqualTo(Normalization.normalize(IMAGE));
  }

  @Test
  void everyScalingIsFoundByItsName() {
    assertThat(PixelScaling.names()).containsExactly("imagenet", "symmetric", "unit");
    assertThat(PixelScaling.names().stream().map(PixelScaling::named))
        .containsExactly(PixelScaling.values());
  }
}
