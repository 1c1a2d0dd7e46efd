package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.Fixtures;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NormalizationTest {

  private static final int SIZE = 256;
  private static final int CORNER = 64;

  @Test
  void equalsToTensorBitForBit() {
    float[] tensor = Normalization.toTensor(BilinearResizeTest.fixture("rgb-300x201-to-64"));

    assertThat(tensor).isEqualTo(Fixtures.npy("resize/rgb-300x201-to-64-totensor.npy").floats());
  }

  @Test
  void equalsToTensorOfTheJittersInputBitForBit() {
    byte[] pixels = Fixtures.npy("color-jitter/input-u8.npy").bytes();

    assertThat(Normalization.toTensor(new RgbImage(48, 48, pixels)))
        .isEqualTo(Fixtures.npy("color-jitter/input.npy").floats());
  }

  @Test
  void equalsTheReferenceBitForBit() {
    float[] normalized = Normalization.normalize(BilinearResizeTest.fixture("rgb-300x201-to-64"));

    assertThat(normalized)
        .isEqualTo(Fixtures.npy("resize/rgb-300x201-to-64-normalized.npy").floats());
  }

  @Test
  void equalsTheNetworkInputBitForBit() {
    byte[] images = Fixtures.npy("networks/images/test-u8.npy").bytes();
    byte[] first = Arrays.copyOf(images, SIZE * SIZE * RgbImage.CHANNELS);
    float[] expected = Fixtures.npy("networks/reduced/input-0-normalized-corner-64.npy").floats();

    float[] normalized = Normalization.normalize(new RgbImage(SIZE, SIZE, first));

    for (int i = 0; i < expected.length; i++) {
      int channel = i / (CORNER * CORNER);
      int y = i / CORNER % CORNER;
      int x = i % CORNER;
      assertThat(normalized[(channel * SIZE + y) * SIZE + x]).isEqualTo(expected[i]);
    }
  }

  @Test
  void refusesOtherThanThreeChannels() {
    assertThatThrownBy(() -> Normalization.normalize(new float[4]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot read 4 values as an RGB image in CHW order.");
  }
}
