package dev.puad.model.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.OpenData;
import dev.puad.model.image.Normalization;
import dev.puad.model.image.RgbImage;
import dev.puad.model.weights.NpzFile;
import dev.puad.model.weights.StateDict;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PixelScalingTest {

  /** One rounding to float32. */
  private static final float EXACT = 1.2e-7f;

  /** Two pixels, one below the other. */
  private static final RgbImage IMAGE =
      new RgbImage(1, 2, new byte[] {0, 51, (byte) 255, 102, (byte) 204, (byte) 153});

  @Test
  void symmetricIsFromMinusOneToOneChannelByChannel() {
    assertThat(PixelScaling.SYMMETRIC.scale(IMAGE))
        .containsExactly(new float[] {-1, -0.2f, -0.6f, 0.6f, 1, 0.2f}, within(EXACT));
  }

  @Test
  @Tag("open-data")
  void symmetricIsWhatMobileNetWasGiven() throws IOException {
    StateDict given = NpzFile.read(OpenData.path("backbone/expected.npz"));
    int length = 3 * 128 * 128;
    byte[] pixels = Arrays.copyOf(given.tensor("pixels").bytes(), length);

    float[] scaled = PixelScaling.SYMMETRIC.scale(new RgbImage(128, 128, pixels));

    float[] expected = Arrays.copyOf(given.tensor("image").floats(), length);
    assertThat(scaled).containsExactly(expected, within(EXACT));
  }

  @Test
  void unitIsFromZeroToOne() {
    assertThat(PixelScaling.UNIT.scale(IMAGE)).containsExactly(0, 0.4f, 0.2f, 0.8f, 1, 0.6f);
  }

  @Test
  void imagenetIsWhatTeachersSee() {
    assertThat(PixelScaling.IMAGENET.scale(IMAGE))
        .containsExactly(Normalization.normalize(IMAGE), within(5 * EXACT));
  }

  @Test
  void everyScalingIsFoundByItsName() {
    assertThat(PixelScaling.names()).containsExactly("imagenet", "symmetric", "unit");
    assertThat(PixelScaling.names().stream().map(PixelScaling::parse).map(Optional::orElseThrow))
        .containsExactly(PixelScaling.IMAGENET, PixelScaling.SYMMETRIC, PixelScaling.UNIT);
  }

  @Test
  void meanAndDeviationOfEachColourAreGivenAsNumbers() {
    PixelScaling scaling = PixelScaling.parse("0,0.2,0.4/0.5,1,0.1").orElseThrow();

    assertThat(scaling.scale(IMAGE))
        .containsExactly(new float[] {0, 0.8f, 0, 0.6f, 6, 2}, within(5 * EXACT));
    assertThat(PixelScaling.parse(scaling.toString())).contains(scaling);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"caffe", "", "0,0,0", "0,0/1,1", "0,0,0/1,0,1", "0,0,a/1,1,1", "0,0,NaN/1,1,1"})
  void whatIsNoScalingIsNone(String text) {
    assertThat(PixelScaling.parse(text)).isEmpty();
  }
}
