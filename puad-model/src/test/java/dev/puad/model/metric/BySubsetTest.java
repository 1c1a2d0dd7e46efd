package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BySubsetTest {

  private static final OptionalDouble NONE = OptionalDouble.empty();

  @Test
  void theMeanIsOfStructuralAndLogical() {
    BySubset metric = metric(value(0.9), value(0.5), value(0.7));
    assertThat(metric.mean()).hasValue((0.5 + 0.7) / 2);
  }

  @Test
  void theMeanIsUndefinedUnlessBothAreDefined() {
    assertThat(metric(value(1), NONE, value(1)).mean()).isEmpty();
    assertThat(metric(value(1), value(1), NONE).mean()).isEmpty();
    assertThat(metric(value(1), NONE, NONE).mean()).isEmpty();
  }

  @Test
  void theMeanDoesNotNeedThePool() {
    assertThat(metric(NONE, value(1), value(0)).mean()).hasValue(0.5);
  }

  @Test
  void valuesAreNamedInOrder() {
    BySubset metric = metric(value(0.9), value(0.5), NONE);
    assertThat(metric.named().keySet()).containsExactly("all", "structural", "logical", "mean");
    assertThat(metric.named().values()).containsExactly(value(0.9), value(0.5), NONE, NONE);
    assertThat(metric.withoutMean().keySet()).containsExactly("all", "structural", "logical");
  }

  @Test
  void defectTypesFollowTheNamedSubsets() {
    BySubset numbered = BySubset.of(List.of("bent", "cut"), BySubsetTest::value);
    assertThat(numbered.all()).hasValue(0);
    assertThat(numbered.structural()).hasValue(1);
    assertThat(numbered.logical()).hasValue(2);
    assertThat(numbered.defects()).isEqualTo(Map.of("bent", value(3), "cut", value(4)));
  }

  private static BySubset metric(
      OptionalDouble all, OptionalDouble structural, OptionalDouble logical) {
    return new BySubset(all, structural, logical, new TreeMap<>());
  }

  private static OptionalDouble value(double value) {
    return OptionalDouble.of(value);
  }
}
