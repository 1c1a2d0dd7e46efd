package dev.puad.jobs.config;

import dev.puad.model.metric.SproState;
import java.util.List;

/**
 * What an evaluation computes.
 *
 * @param fprLimits false positive rates, each in (0, 1], strictly ascending, up to which the area
 *     under the sPRO curve is taken
 * @param sproBits leading bits of a score that tell thresholds apart, 10 to 32
 */
public record EvaluateSettings(List<Double> fprLimits, int sproBits) {

  public EvaluateSettings {
    fprLimits = List.copyOf(fprLimits);
    Check.demand(!fprLimits.isEmpty(), "evaluate.fpr-limits", fprLimits, "must not be empty");
    double previous = 0;
    for (double limit : fprLimits) {
      Check.positiveFraction("evaluate.fpr-limits", limit);
      Check.demand(limit > previous, "evaluate.fpr-limits", fprLimits, "must be ascending");
      previous = limit;
    }
    Check.between("evaluate.spro-bits", sproBits, SproState.LEAST_BITS, SproState.EXACT_BITS);
  }
}
