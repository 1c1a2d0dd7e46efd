package dev.puad.jobs.cli;

import dev.puad.jobs.pipeline.CategoryFolder;
import dev.puad.jobs.train.PublishBundle;
import dev.puad.model.dataset.LocoCounts;
import dev.puad.model.dataset.SplitCounts;
import dev.puad.model.stats.FalseAlarmThreshold;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a command that makes a category's bundle says of it. */
record BundleReport(Terminal terminal, CategoryFolder folder) {

  /** Says the counts of images found, and where they differ from the LOCO paper's. */
  void counts() {
    SplitCounts counts = folder.layout().counts();
    terminal
        .err()
        .printf(
            "%s (%s): %d training, %d validation, %d good, %d structural, %d logical images%n",
            folder.name(),
            folder.layout().layout(),
            counts.train(),
            counts.validation(),
            counts.good(),
            counts.structural(),
            counts.logical());
    String differences = LocoCounts.differences(folder.layout());
    if (!differences.isEmpty()) {
      terminal.err().printf("puad: %s%n", differences);
    }
  }

  /** Says how many images could not be used. */
  void rejected(long images) {
    terminal.err().printf("puad: %d images cannot be read; puad.rejects says why%n", images);
  }

  /** The result as {@code --json} shows it. */
  Map<String, Object> shape(PublishBundle.Result result, double seconds) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("category", folder.name());
    shape.put("version", result.model().version());
    shape.put("bundle", result.model().path());
    shape.put("steps", result.steps());
    shape.put("seconds", seconds);
    shape.put("threshold", result.threshold());
    return shape;
  }

  /**
   * Prints the result for a person.
   *
   * @param what was done
   */
  void print(PublishBundle.Result result, String what) {
    terminal
        .out()
        .printf(
            Locale.ROOT,
            "%s version %d: %s%nthreshold %.3f%s%n%s%n",
            folder.name(),
            result.model().version(),
            what,
            result.threshold(),
            result.fitted().map(BundleReport::explain).orElse(""),
            result.model().path());
  }

  private static String explain(FalseAlarmThreshold threshold) {
    return String.format(
        Locale.ROOT,
        " (%d of %d validation images lie above it: expect a false-alarm rate of about %.1f %%)",
        threshold.exceeding(),
        threshold.images(),
        100 * threshold.expectedRate());
  }
}
