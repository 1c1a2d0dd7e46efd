package dev.puad.model.metric;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * How well anomaly maps find the defects, by subset.
 *
 * @param auSpro the normalised area under the sPRO curve by the false positive rate it goes up to
 *     (LOCO paper, section 3.3)
 * @param pixelAuroc the area under the ROC curve over pixels, ties counted half: regions do not
 *     matter, only whether a pixel is in any
 */
public record Localization(Map<Double, Areas> auSpro, Areas pixelAuroc) {

  public Localization {
    auSpro = Collections.unmodifiableMap(new LinkedHashMap<>(auSpro));
  }

  /** Areas by subset, none of them further from the truth than the bound. */
  public record Areas(BySubset values, double errorBound) {}

  /**
   * Measures all maps in a few passes over them. The first counts values in coarse bins. Where a
   * curve is not known well enough in a bin, the next passes cut it into smaller ones.
   *
   * @param count a pass: the counts of all images in the given bins
   */
  public static Localization measure(
      Precision precision, Function<ValueBins, LocalizationState> count) {
    return measure(precision, count.apply(ValueBins.coarse()), count);
  }

  /**
   * The same, where the first pass was made.
   *
   * @param first the counts of all images in {@link ValueBins#coarse()}
   */
  public static Localization measure(
      Precision precision, LocalizationState first, Function<ValueBins, LocalizationState> count) {
    Refinement refinement = new Refinement(precision, first);
    for (Optional<ValueBins> bins = refinement.next(); bins.isPresent(); bins = refinement.next()) {
      refinement.add(count.apply(bins.get()));
    }
    return refinement.result();
  }
}
