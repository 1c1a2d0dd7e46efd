package dev.puad.jobs.cli;

import dev.puad.jobs.pipeline.MeasuredCategory;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.MetricRows;
import dev.puad.jobs.table.RunLog;

/** One category that {@code puad evaluate} measures. */
interface CategoryEvaluation {

  /** What is evaluated, for a person. */
  String title();

  MeasuredCategory measure(Lake lake);

  /** No number yet of what is evaluated. */
  MetricRows rows(RunLog run);

  /** What is left to do when the numbers are safe. */
  void finish(Lake lake, MeasuredCategory measured);
}
