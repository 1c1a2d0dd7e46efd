package dev.puad.model.metric;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * One metric by subset of the test images; empty where it is undefined. Good images belong to every
 * subset.
 *
 * @param all every anomaly, pooled
 * @param structural good and structural images
 * @param logical good and logical images
 * @param defects by defect type: good images and those that show it
 */
public record BySubset(
    OptionalDouble all,
    OptionalDouble structural,
    OptionalDouble logical,
    SortedMap<String, OptionalDouble> defects) {

  /** The names of the subsets but the defect types, in the order that they are shown in. */
  public static final List<String> NAMES = List.of("all", "structural", "logical", "mean");

  public BySubset {
    defects = Collections.unmodifiableSortedMap(new TreeMap<>(defects));
  }

  /**
   * A metric of numbered subsets: all, structural, logical, then one for each defect type.
   *
   * @param defects the defect types, sorted
   */
  static BySubset of(List<String> defects, IntFunction<OptionalDouble> metric) {
    SortedMap<String, OptionalDouble> byDefect = new TreeMap<>();
    for (int i = 0; i < defects.size(); i++) {
      byDefect.put(defects.get(i), metric.apply(3 + i));
    }
    return new BySubset(metric.apply(0), metric.apply(1), metric.apply(2), byDefect);
  }

  /** The mean of logical and structural, as the LOCO paper averages. */
  public OptionalDouble mean() {
    return structural.isPresent() && logical.isPresent()
        ? OptionalDouble.of((structural.getAsDouble() + logical.getAsDouble()) / 2)
        : OptionalDouble.empty();
  }

  /** The values of all, structural, logical and mean, by name. */
  public Map<String, OptionalDouble> named() {
    Map<String, OptionalDouble> named = withoutMean();
    named.put("mean", mean());
    return named;
  }

  /** The values of all, structural and logical, by name: of a metric whose mean says nothing. */
  public Map<String, OptionalDouble> withoutMean() {
    Map<String, OptionalDouble> named = new LinkedHashMap<>();
    named.put("all", all);
    named.put("structural", structural);
    named.put("logical", logical);
    return named;
  }
}
