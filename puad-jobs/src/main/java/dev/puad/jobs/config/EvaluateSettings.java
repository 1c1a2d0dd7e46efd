package dev.puad.jobs.config;

import dev.puad.model.metric.Precision;
import java.util.List;

/**
 * What an evaluation computes.
 *
 * @param fprLimits false positive rates, each in (0, 1], strictly ascending, up to which the area
 *     under the sPRO curve is taken
 * @param errorBound how far an area may be off; 0 tells every distinct value apart
 * @param stateBytes memory that a task's counts may take
 */
public record EvaluateSettings(List<Double> fprLimits, double errorBound, long stateBytes) {

  public EvaluateSettings {
    fprLimits = List.copyOf(fprLimits);
    Check.demand(!fprLimits.isEmpty(), "evaluate.fpr-limits", fprLimits, "must not be empty");
    double previous = 0;
    for (double limit : fprLimits) {
      Check.positiveFraction("evaluate.fpr-limits", limit);
      Check.demand(limit > previous, "evaluate.fpr-limits", fprLimits, "must be ascending");
      previous = limit;
    }
    Check.demand(
        errorBound >= 0 && errorBound < 1, "evaluate.error-bound", errorBound, "must be in [0, 1)");
    Check.positive("evaluate.state-bytes", stateBytes);
  }

  /** As the metrics take it. */
  public Precision precision() {
    return new Precision(errorBound, fprLimits, stateBytes);
  }
}
