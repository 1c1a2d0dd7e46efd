package dev.puad.model.metric;

import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.dataset.GroundTruthRegion;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that one pass over a category's test images counts, as a state that merges.
 *
 * <p>Good images count in every subset: {@code structural} is good and structural images, {@code
 * logical} is good and logical ones, {@code all} is everything.
 */
public final class EvaluationState implements Merging<EvaluationState> {

  private static final long serialVersionUID = 1L;

  private final LocalizationState localization;
  private final Map<AnomalyKind, Long> images = new EnumMap<>(AnomalyKind.class);
  private final Map<String, ByGroup<RocState>> scores = new LinkedHashMap<>();
  private long unannotated;

  /** An empty state. */
  public EvaluationState(ValueBins bins) {
    localization = new LocalizationState(bins);
    for (AnomalyKind kind : AnomalyKind.values()) {
      images.put(kind, 0L);
    }
  }

  /**
   * What is known of a test image beside its map.
   *
   * @param kind what it shows
   * @param defects the defect types that it shows; none if it is good
   * @param scores its scores by name; every image has the same names
   */
  public record Image(AnomalyKind kind, Collection<String> defects, Map<String, Double> scores) {}

  /**
   * Adds a test image, in place.
   *
   * @param map the anomaly map at the ground truth's size, row-major
   * @param regions the annotated regions; empty for a good image. An anomalous image without any
   *     counts for its scores alone
   * @return this
   * @throws dev.puad.model.BadInputException if a score or a value of the map is NaN; then nothing
   *     is added
   */
  public EvaluationState add(Image image, float[] map, List<GroundTruthRegion> regions) {
    image.scores().values().forEach(RocState::requireNumber);
    if (isMeasured(image.kind(), regions)) {
      localization.add(image.kind(), map, regions);
    } else {
      unannotated++;
    }
    images.merge(image.kind(), 1L, Long::sum);
    image
        .scores()
        .forEach(
            (name, score) -> {
              ByGroup<RocState> groups = groups(name);
              if (image.kind() == AnomalyKind.GOOD) {
                groups.ofKind(AnomalyKind.GOOD).addNormal(score);
              } else {
                groups.ofKind(image.kind()).addAnomalous(score);
                image.defects().forEach(defect -> groups.ofDefect(defect).addAnomalous(score));
              }
            });
    return this;
  }

  /**
   * Whether an image's map can be measured: where nobody marked the defect, its pixels must not
   * count as free of defects.
   */
  public static boolean isMeasured(AnomalyKind kind, List<GroundTruthRegion> regions) {
    return kind == AnomalyKind.GOOD || !regions.isEmpty();
  }

  /**
   * Merges another state into this one, and returns this; the other's images stay as they are.
   *
   * @throws IllegalArgumentException if their bins differ
   */
  @Override
  public EvaluationState mergeWith(EvaluationState other) {
    localization.mergeWith(other.localization);
    other.images.forEach((kind, count) -> images.merge(kind, count, Long::sum));
    unannotated += other.unannotated;
    other.scores.forEach((name, states) -> groups(name).mergeWith(states));
    return this;
  }

  /** The number of images of a kind. */
  public long images(AnomalyKind kind) {
    return images.get(kind);
  }

  /** The number of anomalous images without an annotated region; they count for scores alone. */
  public long unannotated() {
    return unannotated;
  }

  /** What the maps have in each bin. */
  public LocalizationState localization() {
    return localization;
  }

  /** How well each score tells anomalous images from good ones, by its name. */
  public Map<String, Detection> detection() {
    Map<String, Detection> result = new LinkedHashMap<>();
    scores.forEach((name, groups) -> result.put(name, new Detection(groups)));
    return result;
  }

  private ByGroup<RocState> groups(String score) {
    return scores.computeIfAbsent(score, missing -> new ByGroup<>(RocState::new));
  }
}
