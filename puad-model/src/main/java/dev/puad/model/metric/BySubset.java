package dev.puad.model.metric;

import dev.puad.model.dataset.AnomalyKind;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * One metric by subset of the test images; empty where it is undefined.
 *
 * @param all every anomaly, pooled
 * @param structural good and structural images
 * @param logical good and logical images
 */
public record BySubset(OptionalDouble all, OptionalDouble structural, OptionalDouble logical) {

  /** The kinds of images in each subset, by its name. */
  static final Map<String, List<AnomalyKind>> SUBSETS = subsets();

  static BySubset of(Function<List<AnomalyKind>, OptionalDouble> metric) {
    return new BySubset(
        metric.apply(SUBSETS.get("all")),
        metric.apply(SUBSETS.get("structural")),
        metric.apply(SUBSETS.get("logical")));
  }

  /** The mean of logical and structural, as the LOCO paper averages. */
  public OptionalDouble mean() {
    return structural.isPresent() && logical.isPresent()
        ? OptionalDouble.of((structural.getAsDouble() + logical.getAsDouble()) / 2)
        : OptionalDouble.empty();
  }

  /** The values by name: all, structural, logical, mean. */
  public Map<String, OptionalDouble> named() {
    Map<String, OptionalDouble> named = new LinkedHashMap<>();
    named.put("all", all);
    named.put("structural", structural);
    named.put("logical", logical);
    named.put("mean", mean());
    return named;
  }

  private static Map<String, List<AnomalyKind>> subsets() {
    Map<String, List<AnomalyKind>> subsets = new LinkedHashMap<>();
    subsets.put("all", List.of(AnomalyKind.GOOD, AnomalyKind.STRUCTURAL, AnomalyKind.LOGICAL));
    subsets.put("structural", List.of(AnomalyKind.GOOD, AnomalyKind.STRUCTURAL));
    subsets.put("logical", List.of(AnomalyKind.GOOD, AnomalyKind.LOGICAL));
    return Collections.unmodifiableMap(subsets);
  }
}
