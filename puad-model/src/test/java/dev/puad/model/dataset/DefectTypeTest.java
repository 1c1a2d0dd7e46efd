package dev.puad.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.dataset.DefectType.Saturation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefectTypeTest {

  @ParameterizedTest
  @CsvSource({
    "ABSOLUTE, 16, 15, 15",
    "ABSOLUTE, 16, 17, 16",
    "RELATIVE, 1, 17, 17",
    "RELATIVE, 0.5, 17, 8",
    "RELATIVE, 0.5, 1, 1"
  })
  void saturatesAtTheThresholdOrTheArea(
      Saturation saturation, double threshold, int area, int expected) {
    DefectType type = new DefectType("any", 255, saturation, threshold);

    assertThat(type.saturation(area)).isEqualTo(expected);
  }
}
