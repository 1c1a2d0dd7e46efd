package dev.puad.jobs.report;

import dev.puad.jobs.report.Evaluation.Measured;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One version's numbers of each category, in a table's unit. */
record Figures(Map<String, Evaluation> byCategory, Unit unit) {

  private static final Cell UNMEASURED = new Cell.Unmeasured();
  private static final Cell UNDEFINED = new Cell.Undefined();

  /** One category's number. */
  Cell of(String category, Measure measure) {
    Evaluation evaluation = byCategory.get(category);
    Measured measured = evaluation == null ? null : evaluation.numbers().get(measure);
    if (measured == null) {
      return UNMEASURED;
    }
    if (measured.value().isEmpty()) {
      return UNDEFINED;
    }
    return new Cell.Value(
        unit.of(measured.value().getAsDouble()), unit.of(measured.errorBound().orElse(0)));
  }

  /**
   * The mean over a data set's categories. That of structural and logical anomalies is the mean of
   * their two means, since some categories have anomalies of one kind alone.
   */
  Cell over(DataSet dataSet, Measure measure) {
    List<String> parts =
        measure.subset().equals("mean")
            ? List.of("structural", "logical")
            : List.of(measure.subset());
    Set<String> categories = dataSet.categories(measure.subset());
    long complete =
        categories.stream()
            .filter(
                category ->
                    parts.stream()
                        .filter(part -> dataSet.categories(part).contains(category))
                        .allMatch(part -> of(category, measure.of(part)) instanceof Cell.Value))
            .count();
    if (complete < categories.size()) {
      return new Cell.Incomplete((int) complete, categories.size());
    }
    return mean(
        parts.stream()
            .map(
                part ->
                    mean(
                        dataSet.categories(part).stream()
                            .map(category -> of(category, measure.of(part)))
                            .toList()))
            .toList());
  }

  private static Cell mean(List<Cell> numbers) {
    double value = 0;
    double errorBound = 0;
    for (Cell cell : numbers) {
      Cell.Value number = (Cell.Value) cell;
      value += number.value();
      errorBound += number.errorBound();
    }
    return new Cell.Value(value / numbers.size(), errorBound / numbers.size());
  }
}
