package dev.puad.model.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class FeatureMapTest {

  @Test
  void channelsLieImageByImage() {
    assertThat(new FeatureMap(5, 2, 3, new float[60]).start(1, 4)).isEqualTo(54);
  }

  @Test
  void valuesThatAreNoWholeImagesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FeatureMap(5, 2, 3, new float[59]))
        .withMessage("59 values are no images of 5 channels of 2 x 3.");
  }
}
