package dev.puad.model.metric;

import dev.puad.model.dataset.AnomalyKind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * One state for the images of each kind, and one for those that show each defect type; an image
 * that shows two types is in both.
 */
final class ByGroup<T extends Merging<T>> implements Merging<ByGroup<T>> {

  private static final long serialVersionUID = 1L;

  /** Makes an empty state. */
  interface Empty<T> extends Supplier<T>, Serializable {}

  private final Empty<T> empty;
  private final Map<AnomalyKind, T> kinds = new EnumMap<>(AnomalyKind.class);
  private final Map<String, T> defects = new TreeMap<>();

  ByGroup(Empty<T> empty) {
    this.empty = empty;
    for (AnomalyKind kind : AnomalyKind.values()) {
      kinds.put(kind, empty.get());
    }
  }

  T ofKind(AnomalyKind kind) {
    return kinds.get(kind);
  }

  T ofDefect(String defect) {
    return defects.computeIfAbsent(defect, missing -> empty.get());
  }

  /** The defect types seen, sorted. */
  List<String> defects() {
    return List.copyOf(defects.keySet());
  }

  /**
   * The states that make up each subset, in the order of {@link BySubset#of}. Good images belong to
   * every subset.
   */
  List<List<T>> subsets() {
    T good = ofKind(AnomalyKind.GOOD);
    T structural = ofKind(AnomalyKind.STRUCTURAL);
    T logical = ofKind(AnomalyKind.LOGICAL);
    List<List<T>> subsets = new ArrayList<>();
    subsets.add(List.of(good, structural, logical));
    subsets.add(List.of(good, structural));
    subsets.add(List.of(good, logical));
    defects.values().forEach(defect -> subsets.add(List.of(good, defect)));
    return subsets;
  }

  /** Every state. */
  List<T> states() {
    List<T> states = new ArrayList<>(kinds.values());
    states.addAll(defects.values());
    return states;
  }

  @Override
  public ByGroup<T> mergeWith(ByGroup<T> other) {
    other.kinds.forEach((kind, state) -> ofKind(kind).mergeWith(state));
    other.defects.forEach((defect, state) -> ofDefect(defect).mergeWith(state));
    return this;
  }
}
