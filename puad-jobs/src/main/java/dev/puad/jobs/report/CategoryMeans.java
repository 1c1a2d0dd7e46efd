package dev.puad.jobs.report;

import dev.puad.model.metric.BySubset;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The means of several categories' numbers; a number that one of them lacks has none. */
public final class CategoryMeans {

  /** What metrics of a score begin with, and what they are called in JSON. */
  private static final Map<String, String> BY_SCORE =
      Map.of(
          "auroc_", "auroc",
          "average_precision_", "averagePrecision",
          "best_f1_", "bestF1",
          "recall_", "recall",
          "false_alarm_rate_", "falseAlarmRate");

  private record Key(String name, double parameter) {}

  private final int categories;
  private final Map<Key, Map<String, OptionalDouble>> means = new LinkedHashMap<>();

  /**
   * Means over categories.
   *
   * @param categories the numbers of each, at least one
   */
  public CategoryMeans(List<List<Metric>> categories) {
    this.categories = categories.size();
    Map<Key, Map<String, List<OptionalDouble>>> values = new LinkedHashMap<>();
    for (List<Metric> metrics : categories) {
      for (Metric metric : metrics) {
        if (BySubset.NAMES.contains(metric.subset()) && hasMean(metric.name())) {
          values
              .computeIfAbsent(
                  new Key(metric.name(), metric.parameter()), key -> new LinkedHashMap<>())
              .computeIfAbsent(metric.subset(), subset -> new ArrayList<>())
              .add(metric.value());
        }
      }
    }
    values.forEach(
        (key, bySubset) -> {
          Map<String, OptionalDouble> mean = new LinkedHashMap<>();
          bySubset.forEach((subset, some) -> mean.put(subset, mean(some)));
          means.put(key, mean);
        });
  }

  /** Prints a row for each metric. */
  public void print(PrintStream out) {
    TextTable table =
        CategoryReport.table("mean of %d categories".formatted(categories), BySubset.NAMES);
    means.forEach((key, mean) -> table.row(CategoryReport.cells(title(key), mean)));
    table.print(out);
  }

  /** As {@link CategoryReport#json} of a category; what is undefined is null. */
  public Map<String, Object> json() {
    Map<String, Object> result = new LinkedHashMap<>();
    means.forEach(
        (key, mean) -> {
          Map<String, Object> values = CategoryReport.json(mean);
          if (key.name().equals("pixel_auroc")) {
            result.put("pixelAuroc", values);
          } else if (key.name().equals("au_spro")) {
            inner(result, "auSpro").put(String.valueOf(key.parameter()), values);
          } else {
            putByScore(result, key.name(), values);
          }
        });
    return result;
  }

  private static void putByScore(
      Map<String, Object> result, String name, Map<String, Object> values) {
    BY_SCORE.forEach(
        (prefix, title) -> {
          if (name.startsWith(prefix)) {
            inner(result, title).put(name.substring(prefix.length()), values);
          }
        });
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> inner(Map<String, Object> result, String title) {
    return (Map<String, Object>) result.computeIfAbsent(title, absent -> new LinkedHashMap<>());
  }

  private OptionalDouble mean(List<OptionalDouble> values) {
    return values.size() == categories && values.stream().allMatch(OptionalDouble::isPresent)
        ? values.stream().mapToDouble(OptionalDouble::getAsDouble).average()
        : OptionalDouble.empty();
  }

  /** Neither thresholds of different categories nor ends of intervals have a meaningful mean. */
  private static boolean hasMean(String name) {
    return !name.contains("_threshold_") && !name.endsWith("_low") && !name.endsWith("_high");
  }

  private static String title(Key key) {
    return key.parameter() == 0 ? key.name() : key.name() + " " + key.parameter();
  }
}
