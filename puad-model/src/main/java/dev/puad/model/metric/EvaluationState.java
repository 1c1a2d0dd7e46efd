package dev.puad.model.metric;

import dev.puad.model.dataset.AnomalyKind;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * Everything that a category's evaluation needs of its test images, as a state that merges.
 *
 * <p>Good images count in every subset: {@code structural} is good and structural images, {@code
 * logical} is good and logical ones, {@code all} is everything.
 */
public final class EvaluationState implements Serializable {

  private static final long serialVersionUID = 1L;

  private final int bits;
  private final Map<AnomalyKind, Long> images = new EnumMap<>(AnomalyKind.class);
  private final Map<AnomalyKind, SproState> spro = new EnumMap<>(AnomalyKind.class);
  private final Map<String, Map<AnomalyKind, RocState>> roc = new LinkedHashMap<>();
  private long unannotated;

  /**
   * An empty state.
   *
   * @param bits the resolution of anomaly values, see {@link SproState}
   */
  public EvaluationState(int bits) {
    this.bits = bits;
    for (AnomalyKind kind : AnomalyKind.values()) {
      images.put(kind, 0L);
      spro.put(kind, new SproState(bits));
    }
  }

  /**
   * Adds a test image, in place.
   *
   * @param kind what the image shows
   * @param scores the image's scores by name; every image has the same names
   * @param map the anomaly map at the ground truth's size, row-major
   * @param regions the annotated regions; empty for a good image. An anomalous image without any
   *     counts for AUROC alone
   * @return this
   * @throws dev.puad.model.BadInputException if a score or a value of the map is NaN; then nothing
   *     is added
   */
  public EvaluationState add(
      AnomalyKind kind, Map<String, Double> scores, float[] map, List<Region> regions) {
    scores.values().forEach(RocState::requireNumber);
    if (kind == AnomalyKind.GOOD || !regions.isEmpty()) {
      spro.get(kind).addImage(map, regions);
    } else {
      // Where nobody marked the defect, its pixels must not count as free of defects.
      unannotated++;
    }
    images.merge(kind, 1L, Long::sum);
    scores.forEach(
        (name, score) -> {
          RocState state = rocs(name).get(kind);
          if (kind == AnomalyKind.GOOD) {
            state.addNormal(score);
          } else {
            state.addAnomalous(score);
          }
        });
    return this;
  }

  /**
   * Merges another state into this one, and returns this; the other's images stay as they are.
   *
   * @throws IllegalArgumentException if their bits differ
   */
  public EvaluationState mergeWith(EvaluationState other) {
    if (other.bits != bits) {
      throw new IllegalArgumentException(
          "Cannot merge states of %d and %d bits.".formatted(bits, other.bits));
    }
    for (AnomalyKind kind : AnomalyKind.values()) {
      images.merge(kind, other.images.get(kind), Long::sum);
      spro.get(kind).mergeWith(other.spro.get(kind));
    }
    unannotated += other.unannotated;
    other.roc.forEach(
        (name, states) -> states.forEach((kind, state) -> rocs(name).get(kind).mergeWith(state)));
    return this;
  }

  /** The number of images of a kind. */
  public long images(AnomalyKind kind) {
    return images.get(kind);
  }

  /** The number of anomalous images without an annotated region; they count for AUROC alone. */
  public long unannotated() {
    return unannotated;
  }

  /** The image-level AUROC of each score, by its name; ties count half. */
  public Map<String, BySubset> auroc() {
    Map<String, BySubset> result = new LinkedHashMap<>();
    roc.forEach((name, states) -> result.put(name, BySubset.of(kinds -> auroc(states, kinds))));
    return result;
  }

  /**
   * The normalised area under the sPRO curve up to each false positive rate (LOCO paper section
   * 3.3), with the largest error bound over the subsets.
   */
  public Map<Double, Localization> auSpro(List<Double> limits) {
    Map<List<AnomalyKind>, Optional<SproCurve>> curves = new LinkedHashMap<>();
    for (List<AnomalyKind> kinds : BySubset.SUBSETS.values()) {
      SproState[] states = kinds.stream().map(spro::get).toArray(SproState[]::new);
      curves.put(kinds, SproState.merged(states).curve());
    }
    Map<Double, Localization> result = new LinkedHashMap<>();
    for (double limit : limits) {
      BySubset areas = BySubset.of(kinds -> area(curves, kinds, limit, AreaUnderCurve::value));
      double bound =
          BySubset.SUBSETS.values().stream()
              .map(kinds -> area(curves, kinds, limit, AreaUnderCurve::errorBound))
              .flatMapToDouble(OptionalDouble::stream)
              .max()
              .orElse(0);
      result.put(limit, new Localization(areas, bound));
    }
    return result;
  }

  /** Areas by subset, none of them further from the truth than the bound. */
  public record Localization(BySubset areas, double errorBound) {}

  private static OptionalDouble area(
      Map<List<AnomalyKind>, Optional<SproCurve>> curves,
      List<AnomalyKind> kinds,
      double limit,
      ToDoubleFunction<AreaUnderCurve> part) {
    return curves
        .get(kinds)
        .map(curve -> OptionalDouble.of(part.applyAsDouble(curve.areaUpTo(limit))))
        .orElse(OptionalDouble.empty());
  }

  private static OptionalDouble auroc(Map<AnomalyKind, RocState> states, List<AnomalyKind> kinds) {
    RocState merged = new RocState();
    kinds.forEach(kind -> merged.mergeWith(states.get(kind)));
    return merged.auroc();
  }

  private Map<AnomalyKind, RocState> rocs(String name) {
    return roc.computeIfAbsent(
        name,
        missing -> {
          Map<AnomalyKind, RocState> states = new EnumMap<>(AnomalyKind.class);
          for (AnomalyKind kind : AnomalyKind.values()) {
            states.put(kind, new RocState());
          }
          return states;
        });
  }
}
