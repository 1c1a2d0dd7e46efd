package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.dataset.AnomalyKind;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class BySubsetTest {

  private static final OptionalDouble NONE = OptionalDouble.empty();

  @Test
  void theMeanIsOfStructuralAndLogical() {
    BySubset metric = new BySubset(value(0.9), value(0.5), value(0.7));
    assertThat(metric.mean()).hasValue((0.5 + 0.7) / 2);
  }

  @Test
  void theMeanIsUndefinedUnlessBothAreDefined() {
    assertThat(new BySubset(value(1), NONE, value(1)).mean()).isEmpty();
    assertThat(new BySubset(value(1), value(1), NONE).mean()).isEmpty();
    assertThat(new BySubset(value(1), NONE, NONE).mean()).isEmpty();
  }

  @Test
  void theMeanDoesNotNeedThePool() {
    assertThat(new BySubset(NONE, value(1), value(0)).mean()).hasValue(0.5);
  }

  @Test
  void valuesAreNamedInOrder() {
    BySubset metric = new BySubset(value(0.9), value(0.5), NONE);
    assertThat(metric.named().keySet()).containsExactly("all", "structural", "logical", "mean");
    assertThat(metric.named().values()).containsExactly(value(0.9), value(0.5), NONE, NONE);
  }

  @Test
  void goodImagesCountInEverySubset() {
    BySubset sizes = BySubset.of(kinds -> value(kinds.size()));
    assertThat(sizes).isEqualTo(new BySubset(value(3), value(2), value(2)));
    assertThat(BySubset.SUBSETS.values())
        .allSatisfy(kinds -> assertThat(kinds).contains(AnomalyKind.GOOD));
  }

  private static OptionalDouble value(double value) {
    return OptionalDouble.of(value);
  }
}
