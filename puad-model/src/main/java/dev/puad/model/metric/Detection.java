package dev.puad.model.metric;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/** How well one score tells anomalous images from good ones, by subset. */
public final class Detection {

  private final List<String> defects;
  private final List<RocState> subsets;

  Detection(ByGroup<RocState> groups) {
    defects = groups.defects();
    subsets =
        groups.subsets().stream()
            .map(states -> states.stream().reduce(new RocState(), RocState::mergeWith))
            .toList();
  }

  /** A metric of each subset. */
  public BySubset by(Function<RocState, OptionalDouble> metric) {
    return BySubset.of(defects, subset -> metric.apply(subsets.get(subset)));
  }
}
