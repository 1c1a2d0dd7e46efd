package dev.puad.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.puad.jobs.report.Evaluation.Measured;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FiguresTest {

  private static final Measure AREA = new Measure("au_spro", "structural", 0.05);

  private final DataSet dataSet = new DataSet("two", List.of("a", "b"), List.of("b"));
  private final Map<String, Evaluation> byCategory = new TreeMap<>();

  @Test
  void aMeanIsOverTheCategoriesThatHaveTheAnomalies() {
    measure("a", "structural", 0.2);
    measure("b", "structural", 0.6);
    measure("b", "logical", 0.9);

    assertThat(over("structural")).isEqualTo(0.4, within(1e-15));
    assertThat(over("logical")).isEqualTo(0.9, within(1e-15));
  }

  @Test
  void theMeanOfStructuralAndLogicalIsThatOfTheirMeans() {
    measure("a", "structural", 0.2);
    measure("b", "structural", 0.6);
    measure("b", "logical", 0.9);

    assertThat(over("mean")).isEqualTo((0.4 + 0.9) / 2, within(1e-15));
  }

  @Test
  void aMeanWithoutACategoryIsIncomplete() {
    measure("a", "structural", 0.2);

    assertThat(fractions().over(dataSet, AREA)).isEqualTo(new Cell.Incomplete(1, 2));
    assertThat(fractions().over(dataSet, AREA.of("mean"))).isEqualTo(new Cell.Incomplete(1, 2));
    assertThat(fractions().over(dataSet, AREA.of("logical"))).isEqualTo(new Cell.Incomplete(0, 1));
  }

  @Test
  void anUndefinedValueMakesAMeanIncomplete() {
    measure("a", "structural", 0.2);
    put("b", "structural", new Measured(OptionalDouble.empty(), OptionalDouble.empty()));

    assertThat(fractions().over(dataSet, AREA)).isEqualTo(new Cell.Incomplete(1, 2));
  }

  @Test
  void aValueIsUndefinedUnmeasuredOrANumber() {
    measure("a", "structural", 0.2);
    put("b", "structural", new Measured(OptionalDouble.empty(), OptionalDouble.empty()));

    assertThat(fractions().of("a", AREA)).isEqualTo(new Cell.Value(0.2, 0));
    assertThat(fractions().of("b", AREA)).isEqualTo(new Cell.Undefined());
    assertThat(fractions().of("a", AREA.of("logical"))).isEqualTo(new Cell.Unmeasured());
    assertThat(fractions().of("c", AREA)).isEqualTo(new Cell.Unmeasured());
  }

  @Test
  void percentAreHundredTimesTheFraction() {
    put("a", "structural", new Measured(OptionalDouble.of(0.25), OptionalDouble.of(0.001)));

    assertThat(new Figures(byCategory, Unit.PERCENT).of("a", AREA))
        .isEqualTo(new Cell.Value(25, 0.1));
  }

  @Test
  void errorBoundsAreAveragedToo() {
    put("a", "structural", new Measured(OptionalDouble.of(0.25), OptionalDouble.of(0.001)));
    put("b", "structural", new Measured(OptionalDouble.of(0.75), OptionalDouble.of(0.003)));

    assertThat(fractions().over(dataSet, AREA)).isEqualTo(new Cell.Value(0.5, 0.002));
  }

  private double over(String subset) {
    return ((Cell.Value) fractions().over(dataSet, AREA.of(subset))).value();
  }

  private Figures fractions() {
    return new Figures(byCategory, Unit.FRACTION);
  }

  private void measure(String category, String subset, double value) {
    put(category, subset, new Measured(OptionalDouble.of(value), OptionalDouble.empty()));
  }

  private void put(String category, String subset, Measured measured) {
    byCategory
        .computeIfAbsent(category, c -> new Evaluation("", c, 1, Instant.EPOCH, new HashMap<>()))
        .numbers()
        .put(AREA.of(subset), measured);
  }
}
