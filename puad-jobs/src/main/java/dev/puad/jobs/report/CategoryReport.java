package dev.puad.jobs.report;

import dev.puad.jobs.pipeline.MeasuredCategory;
import dev.puad.jobs.report.TextTable.Align;
import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.metric.BestF1;
import dev.puad.model.metric.BySubset;
import dev.puad.model.metric.Detection;
import dev.puad.model.metric.Interval;
import dev.puad.model.metric.Localization;
import dev.puad.model.metric.RocState;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** One category's evaluation, for a person and as JSON. */
public final class CategoryReport {

  /** The LOCO paper's own choice of a limit (section 5.3). */
  private static final double USUAL_LIMIT = 0.05;

  private final MeasuredCategory measured;
  private final Map<String, Detection> detection;
  private final Localization localization;
  private final Map<String, BySubset> auroc;
  private final Map<String, BySubset> averagePrecision;

  public CategoryReport(MeasuredCategory measured) {
    this.measured = measured;
    detection = measured.state().detection();
    localization = measured.localization();
    auroc = byScore(RocState::auroc);
    averagePrecision = byScore(RocState::averagePrecision);
  }

  /**
   * Prints the numbers as tables.
   *
   * @param name what was evaluated, such as {@code pushpins version 3}
   */
  public void print(PrintStream out, String name) {
    out.printf(
        "%s: %d good, %d structural, %d logical test images%n%n",
        name,
        measured.state().images(AnomalyKind.GOOD),
        measured.state().images(AnomalyKind.STRUCTURAL),
        measured.state().images(AnomalyKind.LOGICAL));
    printDetection(out);
    out.println();
    printLocalization(out);
    if (!defects().isEmpty()) {
      out.println();
      printDefects(out);
    }
  }

  /** The numbers by metric, score or limit, and subset; what is undefined is null. */
  public Map<String, Object> json() {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("category", measured.category());
    result.put("auroc", jsonByScore(auroc));
    result.put("aurocInterval", intervals());
    result.put("averagePrecision", jsonByScore(averagePrecision));
    result.put(
        "bestF1", jsonByScore(byScore(images -> CategoryMetrics.bestF1(images, BestF1::f1))));
    result.put("bestF1Threshold", bestThresholds());
    measured.threshold().ifPresent(threshold -> result.put("atThreshold", at(threshold)));
    result.put("pixelAuroc", json(localization.pixelAuroc()));
    Map<String, Object> limits = new LinkedHashMap<>();
    localization.auSpro().forEach((limit, areas) -> limits.put(limit.toString(), json(areas)));
    result.put("auSpro", limits);
    Map<String, Object> defects = new LinkedHashMap<>();
    defects().forEach((defect, images) -> defects.put(defect, json(defect, images)));
    result.put("defects", defects);
    Map<String, Object> images = new LinkedHashMap<>();
    for (AnomalyKind kind : AnomalyKind.values()) {
      images.put(kind.name().toLowerCase(Locale.ROOT), measured.state().images(kind));
    }
    result.put("images", images);
    return result;
  }

  private void printDetection(PrintStream out) {
    TextTable table = table("image AUROC", BySubset.NAMES);
    auroc.forEach((score, values) -> table.row(cells(score, values.named())));
    detection.forEach(
        (score, by) -> {
          table.rule();
          table.row(intervalCells(score, by));
          table.row(cells(score + " average precision", averagePrecision.get(score).named()));
          table.row(
              cells(
                  score + " best F1",
                  by.by(images -> CategoryMetrics.bestF1(images, BestF1::f1)).named()));
          table.row(
              cells(
                  "  at scores from",
                  by.by(images -> CategoryMetrics.bestF1(images, BestF1::threshold))
                      .withoutMean()));
        });
    measured
        .threshold()
        .ifPresent(
            threshold -> {
              Detection by = detection.get(CategoryMetrics.THRESHOLDED);
              table.rule();
              table.row(
                  cells(
                      "recall above the threshold %.4f".formatted(threshold),
                      by.by(images -> images.recall(threshold)).named()));
              table.row(
                  List.of(
                      "false alarms above it",
                      text(by.by(images -> images.falseAlarmRate(threshold)).all()),
                      "",
                      "",
                      ""));
            });
    table.print(out);
  }

  private void printLocalization(PrintStream out) {
    TextTable table = table("area under sPRO up to FPR", BySubset.NAMES);
    localization
        .auSpro()
        .forEach((limit, areas) -> table.row(cells(limit.toString(), areas.values().named())));
    table.rule();
    table.row(cells("pixel AUROC", localization.pixelAuroc().values().named()));
    table.print(out);
    double bound =
        localization.auSpro().values().stream()
            .mapToDouble(Localization.Areas::errorBound)
            .reduce(localization.pixelAuroc().errorBound(), Math::max);
    out.println(
        bound == 0 ? "Areas are exact." : "Areas are off by at most %.1e.".formatted(bound));
  }

  private void printDefects(PrintStream out) {
    List<String> columns = new ArrayList<>(List.of("images"));
    detection.keySet().forEach(score -> columns.add("AUROC " + score));
    double limit = limitToShow();
    columns.add("sPRO " + limit);
    columns.add("pixel AUROC");
    TextTable table = table("defect type", columns);
    defects()
        .forEach(
            (defect, images) -> {
              List<String> cells = new ArrayList<>(List.of(defect, String.valueOf(images)));
              auroc.values().forEach(values -> cells.add(of(defect, values)));
              cells.add(of(defect, localization.auSpro().get(limit).values()));
              cells.add(of(defect, localization.pixelAuroc().values()));
              table.row(cells);
            });
    table.print(out);
  }

  private double limitToShow() {
    return localization.auSpro().containsKey(USUAL_LIMIT)
        ? USUAL_LIMIT
        : localization.auSpro().keySet().iterator().next();
  }

  /** The number of images of each defect type. */
  private Map<String, Long> defects() {
    Map<String, Long> counts = new LinkedHashMap<>();
    detection.values().stream()
        .findFirst()
        .ifPresent(
            by ->
                by.by(images -> OptionalDouble.of((double) images.anomalousCount()))
                    .defects()
                    .forEach((defect, count) -> counts.put(defect, (long) count.orElse(0))));
    return counts;
  }

  private Map<String, Object> json(String defect, long images) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("images", images);
    result.put("auroc", ofDefect(auroc, defect));
    result.put("averagePrecision", ofDefect(averagePrecision, defect));
    Map<String, Object> limits = new LinkedHashMap<>();
    localization
        .auSpro()
        .forEach((limit, areas) -> limits.put(limit.toString(), orNull(areas.values(), defect)));
    result.put("auSpro", limits);
    result.put("pixelAuroc", orNull(localization.pixelAuroc().values(), defect));
    return result;
  }

  private static Map<String, Object> ofDefect(Map<String, BySubset> byScore, String defect) {
    Map<String, Object> scores = new LinkedHashMap<>();
    byScore.forEach((score, values) -> scores.put(score, orNull(values, defect)));
    return scores;
  }

  private Map<String, BySubset> byScore(Function<RocState, OptionalDouble> metric) {
    Map<String, BySubset> scores = new LinkedHashMap<>();
    detection.forEach((score, by) -> scores.put(score, by.by(metric)));
    return scores;
  }

  private Map<String, Object> intervals() {
    Map<String, Object> scores = new LinkedHashMap<>();
    detection.forEach(
        (score, by) -> {
          Map<String, Object> subsets = new LinkedHashMap<>();
          subsets.put("confidence", CategoryMetrics.CONFIDENCE);
          Map<String, OptionalDouble> high = ends(by, Interval::high).withoutMean();
          ends(by, Interval::low)
              .withoutMean()
              .forEach(
                  (subset, low) ->
                      subsets.put(
                          subset,
                          low.isPresent()
                              ? List.of(low.getAsDouble(), high.get(subset).getAsDouble())
                              : null));
          scores.put(score, subsets);
        });
    return scores;
  }

  private Map<String, Object> bestThresholds() {
    Map<String, Object> scores = new LinkedHashMap<>();
    byScore(images -> CategoryMetrics.bestF1(images, BestF1::threshold))
        .forEach((score, values) -> scores.put(score, json(values.withoutMean())));
    return scores;
  }

  private Map<String, Object> at(double threshold) {
    Detection by = detection.get(CategoryMetrics.THRESHOLDED);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("threshold", threshold);
    result.put("recall", json(by.by(images -> images.recall(threshold)).named()));
    result.put("falseAlarmRate", nullable(by.by(images -> images.falseAlarmRate(threshold)).all()));
    return result;
  }

  private static Map<String, Object> json(Localization.Areas areas) {
    Map<String, Object> values = json(areas.values().named());
    values.put("errorBound", areas.errorBound());
    return values;
  }

  private static Map<String, Object> jsonByScore(Map<String, BySubset> byScore) {
    Map<String, Object> scores = new LinkedHashMap<>();
    byScore.forEach((score, values) -> scores.put(score, json(values.named())));
    return scores;
  }

  /** What is undefined is null. */
  static Map<String, Object> json(Map<String, OptionalDouble> bySubset) {
    Map<String, Object> values = new LinkedHashMap<>();
    bySubset.forEach((subset, value) -> values.put(subset, nullable(value)));
    return values;
  }

  private static Double orNull(BySubset values, String defect) {
    return nullable(values.defects().getOrDefault(defect, OptionalDouble.empty()));
  }

  private static Double nullable(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  private static BySubset ends(Detection by, ToDoubleFunction<Interval> end) {
    return by.by(images -> CategoryMetrics.interval(images, end));
  }

  static TextTable table(String first, List<String> columns) {
    List<String> titles = new ArrayList<>(List.of(first));
    titles.addAll(columns);
    List<Align> aligns = new ArrayList<>(List.of(Align.LEFT));
    columns.forEach(column -> aligns.add(Align.RIGHT));
    return new TextTable(titles, aligns);
  }

  /** A row with a cell for each of {@link BySubset#NAMES}, empty where there is no value. */
  static List<String> cells(String first, Map<String, OptionalDouble> bySubset) {
    List<String> cells = new ArrayList<>(List.of(first));
    for (String subset : BySubset.NAMES) {
      cells.add(bySubset.containsKey(subset) ? text(bySubset.get(subset)) : "");
    }
    return cells;
  }

  private static List<String> intervalCells(String score, Detection by) {
    List<String> cells = new ArrayList<>(List.of(score + " AUROC, 95 % interval"));
    Map<String, OptionalDouble> high = ends(by, Interval::high).withoutMean();
    ends(by, Interval::low)
        .withoutMean()
        .forEach(
            (subset, low) ->
                cells.add(
                    low.isPresent() ? text(low) + " to " + text(high.get(subset)) : "undefined"));
    // The mean of intervals is none.
    cells.add("");
    return cells;
  }

  private static String of(String defect, BySubset values) {
    return text(values.defects().getOrDefault(defect, OptionalDouble.empty()));
  }

  static String text(OptionalDouble value) {
    return value.isPresent()
        ? String.format(Locale.ROOT, "%.4f", value.getAsDouble())
        : "undefined";
  }
}
