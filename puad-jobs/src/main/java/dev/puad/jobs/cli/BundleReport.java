package dev.puad.jobs.cli;

import dev.puad.jobs.config.TrainSettings;
import dev.puad.jobs.pipeline.CategoryFolder;
import dev.puad.jobs.train.PublishBundle;
import dev.puad.model.dataset.CategoryLayout;
import dev.puad.model.dataset.LocoCounts;
import dev.puad.model.dataset.SplitCounts;
import dev.puad.model.detect.Fit;
import dev.puad.model.detect.FittedScores;
import dev.puad.model.stats.FalseAlarmThreshold;
import dev.puad.model.stats.FalseAlarms;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
    shape.put("current", result.current());
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
   * @param train the settings of the calibration
   */
  void print(PublishBundle.Result result, String what, TrainSettings train) {
    long version = result.model().version();
    terminal
        .out()
        .printf(
            Locale.ROOT,
            "%s version %d: %s%n%sthreshold %.3f%s%n%s%n",
            folder.name(),
            version,
            what,
            result.current() == version
                ? ""
                : "version %d stays current; --make-current makes version %d current%n"
                    .formatted(result.current(), version),
            result.threshold(),
            result
                .fitted()
                .map(fitted -> explain(fitted, result.calibration().fit(), train))
                .orElse(""),
            result.model().path());
  }

  private static String explain(FittedScores fitted, Fit fit, TrainSettings train) {
    FalseAlarmThreshold threshold = fitted.threshold();
    FalseAlarms falseAlarms = fitted.falseAlarms();
    double rate = train.falseAlarmRate();
    List<String> enough = new ArrayList<>();
    if (fit.folds() > 0) {
      int images = train.crossFitBelow();
      enough.add(
          "%d images in validation/good, or %d in train/good without it, need no cross-fitting"
              .formatted(images, CategoryLayout.normalImagesToHoldBack(images)));
    }
    if (falseAlarms.greatest() > rate) {
      enough.add(
          String.format(
              Locale.ROOT,
              "it takes %d validation images to show a rate of at most %s %%",
              FalseAlarms.imagesToBound(rate),
              BigDecimal.valueOf(rate).scaleByPowerOfTen(2).stripTrailingZeros().toPlainString()));
    }
    return String.format(
        Locale.ROOT,
        " (%d of %d %s images lie above it: expect a false-alarm rate of about %.1f %%,"
            + " %.1f to %.1f %% with 95 %% confidence)%s",
        threshold.exceeding(),
        threshold.images(),
        fit.folds() > 0 ? "cross-fitted" : "validation",
        100 * falseAlarms.expected(),
        100 * falseAlarms.least(),
        100 * falseAlarms.greatest(),
        enough.isEmpty() ? "" : System.lineSeparator() + String.join("; ", enough));
  }
}
