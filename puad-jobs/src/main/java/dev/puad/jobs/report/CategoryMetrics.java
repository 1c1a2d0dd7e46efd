package dev.puad.jobs.report;

import dev.puad.jobs.pipeline.MeasuredCategory;
import dev.puad.model.metric.BestF1;
import dev.puad.model.metric.BySubset;
import dev.puad.model.metric.Detection;
import dev.puad.model.metric.Interval;
import dev.puad.model.metric.Localization;
import dev.puad.model.metric.RocState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Every number of one category's evaluation, by name, subset and parameter. */
public final class CategoryMetrics {

  /** Of AUROC's interval. */
  static final double CONFIDENCE = 0.95;

  /** The score that the model's own threshold is for. */
  static final String THRESHOLDED = "combined";

  private final List<Metric> metrics = new ArrayList<>();

  private CategoryMetrics() {}

  /** The numbers of a category, for {@code puad.metrics}. */
  public static List<Metric> of(MeasuredCategory measured) {
    CategoryMetrics numbers = new CategoryMetrics();
    measured.state().detection().forEach(numbers::addDetection);
    measured
        .threshold()
        .ifPresent(
            threshold ->
                numbers.addAtThreshold(measured.state().detection().get(THRESHOLDED), threshold));
    measured
        .localization()
        .auSpro()
        .forEach((limit, areas) -> numbers.addAreas("au_spro", limit, areas));
    numbers.addAreas("pixel_auroc", 0, measured.localization().pixelAuroc());
    return List.copyOf(numbers.metrics);
  }

  static OptionalDouble bestF1(RocState images, ToDoubleFunction<BestF1> part) {
    return optional(images.bestF1(), part);
  }

  static OptionalDouble interval(RocState images, ToDoubleFunction<Interval> end) {
    return optional(images.aurocInterval(CONFIDENCE), end);
  }

  private void addDetection(String score, Detection detection) {
    addWithMean("auroc_" + score, detection.by(RocState::auroc));
    addWithoutMean(
        "auroc_" + score + "_low",
        CONFIDENCE,
        detection.by(images -> interval(images, Interval::low)));
    addWithoutMean(
        "auroc_" + score + "_high",
        CONFIDENCE,
        detection.by(images -> interval(images, Interval::high)));
    addWithMean("average_precision_" + score, detection.by(RocState::averagePrecision));
    addWithMean("best_f1_" + score, detection.by(images -> bestF1(images, BestF1::f1)));
    addWithoutMean(
        "best_f1_threshold_" + score, 0, detection.by(images -> bestF1(images, BestF1::threshold)));
  }

  private void addAtThreshold(Detection detection, double threshold) {
    addWithMean("recall_" + THRESHOLDED, detection.by(images -> images.recall(threshold)));
    metrics.add(
        new Metric(
            "false_alarm_rate_" + THRESHOLDED,
            "all",
            0,
            detection.by(images -> images.falseAlarmRate(threshold)).all(),
            OptionalDouble.empty()));
  }

  private void addAreas(String name, double limit, Localization.Areas areas) {
    OptionalDouble bound = OptionalDouble.of(areas.errorBound());
    add(name, limit, areas.values().named(), bound);
    add(name, limit, ofDefects(areas.values()), bound);
  }

  private void addWithMean(String name, BySubset values) {
    add(name, 0, values.named(), OptionalDouble.empty());
    add(name, 0, ofDefects(values), OptionalDouble.empty());
  }

  private void addWithoutMean(String name, double parameter, BySubset values) {
    add(name, parameter, values.withoutMean(), OptionalDouble.empty());
    add(name, parameter, ofDefects(values), OptionalDouble.empty());
  }

  private void add(
      String name, double parameter, Map<String, OptionalDouble> bySubset, OptionalDouble bound) {
    bySubset.forEach(
        (subset, value) -> metrics.add(new Metric(name, subset, parameter, value, bound)));
  }

  private static Map<String, OptionalDouble> ofDefects(BySubset values) {
    Map<String, OptionalDouble> bySubset = new LinkedHashMap<>();
    values.defects().forEach((defect, value) -> bySubset.put(subset(defect), value));
    return bySubset;
  }

  /** A key of {@code puad.metrics}, so that no defect type may be taken for another subset. */
  private static String subset(String defect) {
    return BySubset.NAMES.contains(defect) ? "defect type " + defect : defect;
  }

  private static <T> OptionalDouble optional(Optional<T> found, ToDoubleFunction<T> part) {
    return found
        .map(value -> OptionalDouble.of(part.applyAsDouble(value)))
        .orElse(OptionalDouble.empty());
  }
}
