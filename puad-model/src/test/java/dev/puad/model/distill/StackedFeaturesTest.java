package dev.puad.model.distill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StackedFeaturesTest {

  private static final FeatureMap TWO = new FeatureMap(2, 1, 1, new float[] {1, 2, 3, 4});
  private static final FeatureMap ONE = new FeatureMap(1, 1, 1, new float[] {5, 6});

  private final StackedFeatures features = new StackedFeatures(TargetGrid.padded(8, 8), List.of());

  @Test
  void channelsOfEveryOutputCount() {
    assertThat(features.channels(List.of(TWO, ONE))).isEqualTo(3);
  }

  @Test
  void outputsLieOneBelowTheOther() {
    assertThat(features.of(List.of(TWO, ONE), 1))
        .containsExactly(3, 3, 3, 3, 4, 4, 4, 4, 6, 6, 6, 6);
  }

  @Test
  void eachOutputHasACentreOfItsOwn() {
    float[] ramp = {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3};
    FeatureMap map = new FeatureMap(1, 4, 4, ramp);
    TargetGrid grid = TargetGrid.padded(8, 8);

    float[] found = new StackedFeatures(grid, List.of(0.0, 2.0)).of(List.of(map, map), 0);

    // The teacher's cells are on pixels 0 and 4; the outputs have one in two.
    assertThat(Arrays.copyOfRange(found, 0, 2)).containsExactly(0, 2);
    assertThat(Arrays.copyOfRange(found, 4, 6)).containsExactly(0, 1);
  }
}
