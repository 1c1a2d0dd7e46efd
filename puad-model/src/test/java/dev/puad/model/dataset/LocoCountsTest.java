package dev.puad.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocoCountsTest {

  @ParameterizedTest
  @CsvSource({
    "breakfast_box, 351, 62, 102, 90, 83",
    "screw_bag, 360, 60, 122, 82, 137",
    "pushpins, 372, 69, 138, 81, 91",
    "splicing_connectors, 354, 59, 119, 85, 108",
    "juice_bottle, 335, 54, 94, 94, 142"
  })
  void acceptsThePublishedCounts(
      String category, int train, int validation, int good, int structural, int logical) {
    SplitCounts counts = new SplitCounts(train, validation, good, structural, logical);

    assertThat(LocoCounts.differences(layout(category, counts))).isEmpty();
  }

  @Test
  void namesEachPartThatDiffers() {
    CategoryLayout layout = layout("pushpins", new SplitCounts(372, 68, 138, 81, 92));

    assertThat(LocoCounts.differences(layout))
        .isEqualTo("validation has 68 of 69 images; test/logical_anomalies has 92 of 91 images");
  }

  @Test
  void knowsNothingOfOtherCategories() {
    assertThat(LocoCounts.differences(layout("screw", new SplitCounts(1, 1, 1, 1, 1)))).isEmpty();
  }

  private static CategoryLayout layout(String category, SplitCounts counts) {
    List<String> paths = new ArrayList<>();
    add(paths, "train/good", counts.train());
    add(paths, "validation/good", counts.validation());
    add(paths, "test/good", counts.good());
    add(paths, "test/structural_anomalies", counts.structural());
    add(paths, "test/logical_anomalies", counts.logical());
    return CategoryLayout.of(category, paths);
  }

  private static void add(List<String> paths, String folder, int count) {
    for (int i = 0; i < count; i++) {
      paths.add("%s/%03d.png".formatted(folder, i));
    }
  }
}
