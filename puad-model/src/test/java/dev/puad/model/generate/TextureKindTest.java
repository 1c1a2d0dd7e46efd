package dev.puad.model.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TextureKindTest {

  private static final int SIDE = 96;

  @Test
  void everyKindIsPicked() {
    Dice dice = new Dice(1, 0);
    Set<TextureKind> picked = EnumSet.noneOf(TextureKind.class);
    for (int i = 0; i < 300; i++) {
      picked.add(TextureKind.anyKind(dice));
    }

    assertThat(picked).containsExactlyInAnyOrder(TextureKind.values());
  }

  @ParameterizedTest
  @EnumSource(TextureKind.class)
  void texturesVaryAboutZero(TextureKind kind) {
    int varied = 0;
    for (int index = 0; index < 20; index++) {
      Texture texture = kind.draw(Setting.draw(SIDE, new Dice(2, index)));
      double least = Double.MAX_VALUE;
      double most = -Double.MAX_VALUE;
      for (int i = 0; i < SIDE * SIDE; i++) {
        double value = texture.at(i % SIDE, Math.floorDiv(i, SIDE));
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      varied += most - least > 0.5 ? 1 : 0;

      assertThat(least).isBetween(-6.0, 1.0);
      assertThat(most).isBetween(-1.0, 6.0);
    }

    assertThat(varied).isGreaterThan(15);
  }
}
