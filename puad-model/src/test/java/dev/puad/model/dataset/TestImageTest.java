package dev.puad.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TestImageTest {

  private static final TestImage DENT =
      new TestImage("test/dent/007.png", AnomalyKind.STRUCTURAL, "dent", List.of());

  @Test
  void anAnomalyWithoutMasksIsUnannotated() {
    assertThat(DENT.unannotated()).isTrue();
    assertThat(
            new TestImage(DENT.path(), DENT.kind(), DENT.defect(), List.of("mask.png"))
                .unannotated())
        .isFalse();
  }

  @Test
  void aGoodImageNeedsNoMask() {
    assertThat(
            new TestImage("test/good/007.png", AnomalyKind.GOOD, "good", List.of()).unannotated())
        .isFalse();
  }

  @Test
  void knowsWhereItsGroundTruthBelongs() {
    assertThat(DENT.groundTruthPath(Layout.MVTEC_AD)).isEqualTo("ground_truth/dent/007_mask.png");
    assertThat(DENT.groundTruthPath(Layout.LOCO)).isEqualTo("ground_truth/dent/007/000.png");
  }
}
