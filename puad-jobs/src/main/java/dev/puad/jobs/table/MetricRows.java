package dev.puad.jobs.table;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** The rows that one evaluation of a model leaves in {@code puad.metrics}. */
public final class MetricRows {

  private final ModelRow model;
  private final RunLog run;
  private final Timestamp at = Timestamp.from(Instant.now());
  private final List<Row> rows = new ArrayList<>();

  public MetricRows(ModelRow model, RunLog run) {
    this.model = model;
    this.run = run;
  }

  /**
   * Adds one number.
   *
   * @param parameter the FPR limit, or 0 where there is none
   * @param value empty where it is undefined
   * @param errorBound empty where the value is exact
   */
  public void add(
      String metric,
      String subset,
      double parameter,
      OptionalDouble value,
      OptionalDouble errorBound) {
    rows.add(
        RowFactory.create(
            model.family().dataset(),
            model.family().category(),
            model.family().method(),
            model.version(),
            "",
            metric,
            subset,
            parameter,
            nullable(value),
            nullable(errorBound),
            run.run(),
            at));
  }

  /** The rows, in the shape of {@link Tables#METRICS}. */
  public Dataset<Row> toDataset(SparkSession spark) {
    return spark.createDataFrame(rows, Tables.METRICS.schema());
  }

  private static Double nullable(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
