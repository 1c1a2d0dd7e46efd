package dev.puad.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.image.RgbImage;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratedImageTest {

  private static final long SEED = 11;
  private static final int SIDE = 96;

  @Test
  void theSameArgumentsDrawTheSamePixels() {
    assertThat(draw(3).pixels()).isEqualTo(draw(3).pixels());
  }

  /** Whoever draws other pixels has to raise the version, and to distil the built-in teachers. */
  @Test
  void aVersionsPixelsAreTheSameForEver() throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (int index = 0; index < 20; index++) {
      digest.update(draw(index).pixels());
    }
    assertThat(GeneratedImage.VERSION).isEqualTo(1);
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .isEqualTo("37a7521b5ea8e07ada0f9f5c1ef5eea7c3bb5bc8474ecbbfff28c9e47bfa2af7");
  }

  @Test
  void anImageIsTheSameWhateverWasDrawnBefore() {
    byte[] alone = draw(7).pixels();
    for (int index = 0; index < 7; index++) {
      draw(index);
    }

    assertThat(draw(7).pixels()).isEqualTo(alone);
  }

  @Test
  void everyIndexDrawsAnotherImage() {
    for (int index = 0; index < 20; index++) {
      assertThat(draw(index).pixels()).isNotEqualTo(draw(index + 1).pixels());
    }
  }

  @Test
  void everySeedDrawsOtherImages() {
    for (int index = 0; index < 20; index++) {
      assertThat(GeneratedImage.draw(SEED + 1, index, SIDE).pixels())
          .isNotEqualTo(draw(index).pixels());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 16, 31, 100, 257, 600})
  void anySideCanBeDrawn(int side) {
    for (int index = 0; index < 12; index++) {
      RgbImage image = GeneratedImage.draw(SEED, index, side);

      assertThat(image.width()).isEqualTo(side);
      assertThat(image.height()).isEqualTo(side);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void anImageWithoutPixelsIsRefused(int side) {
    assertThatThrownBy(() -> GeneratedImage.draw(SEED, 0, side))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot draw an image with a side of %d, it must be positive.", side);
  }

  private static RgbImage draw(long index) {
    return GeneratedImage.draw(SEED, index, SIDE);
  }
}
