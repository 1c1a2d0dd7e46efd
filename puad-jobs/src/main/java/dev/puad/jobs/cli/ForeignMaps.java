package dev.puad.jobs.cli;

import dev.puad.jobs.config.Settings;
import dev.puad.jobs.pipeline.EvaluateMaps;
import dev.puad.jobs.pipeline.MapsFolder;
import dev.puad.jobs.pipeline.MeasuredCategory;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.MetricRows;
import dev.puad.jobs.table.RunLog;

/**
 * Maps of any method.
 *
 * @param source what {@code puad.metrics} calls them, not empty
 */
record ForeignMaps(Settings settings, MapsFolder folder, String source)
    implements CategoryEvaluation {

  @Override
  public String title() {
    return "%s, maps of %s".formatted(folder.layout().category(), source);
  }

  @Override
  public MeasuredCategory measure(Lake lake) {
    return EvaluateMaps.evaluate(
        lake.spark(), folder, settings.evaluate().precision(), settings.image().limits());
  }

  @Override
  public MetricRows rows(RunLog run) {
    return MetricRows.ofMaps(settings.dataset(), folder.layout().category(), source, run);
  }

  @Override
  public void finish(Lake lake, MeasuredCategory measured) {}
}
