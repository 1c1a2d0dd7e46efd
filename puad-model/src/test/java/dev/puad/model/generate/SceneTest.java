package dev.puad.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SceneTest {

  private static final int SIDE = 64;

  @Test
  void everySceneIsPicked() {
    Set<Scene> picked = EnumSet.noneOf(Scene.class);
    for (int index = 0; index < 200; index++) {
      picked.add(Scene.any(new Dice(1, index)));
    }

    assertThat(picked).containsExactlyInAnyOrder(Scene.values());
  }

  @ParameterizedTest
  @EnumSource(Scene.class)
  void scenesHideWhatWasThereBefore(Scene scene) {
    for (int index = 0; index < 10; index++) {
      float[][] overBlack = drawOver(0, scene, index);
      float[][] overWhite = drawOver(1, scene, index);

      for (int channel = 0; channel < overBlack.length; channel++) {
        for (int i = 0; i < SIDE * SIDE; i++) {
          assertThat(overWhite[channel][i]).isCloseTo(overBlack[channel][i], within(1e-4f));
        }
      }
    }
  }

  private static float[][] drawOver(float value, Scene scene, int index) {
    Canvas canvas = new Canvas(SIDE);
    for (float[] plane : canvas.planes()) {
      Arrays.fill(plane, value);
    }
    scene.draw(canvas, Setting.draw(SIDE, new Dice(2, index)));
    return canvas.planes();
  }
}
