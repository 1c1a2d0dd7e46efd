package dev.puad.jobs.table;

import static org.apache.spark.sql.functions.col;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The rows that one evaluation leaves in {@code puad.metrics}. */
public final class MetricRows {

  /** What foreign maps are called where models have a method. */
  private static final String FOREIGN = "maps";

  private final ModelFamily family;
  private final long version;
  private final String source;
  private final RunLog run;
  private final Timestamp at = Timestamp.from(Instant.now());
  private final List<Row> rows = new ArrayList<>();

  private MetricRows(ModelFamily family, long version, String source, RunLog run) {
    this.family = family;
    this.version = version;
    this.source = source;
    this.run = run;
  }

  /** No number yet of one of our models. */
  public static MetricRows ofModel(ModelRow model, RunLog run) {
    return new MetricRows(model.family(), model.version(), "", run);
  }

  /**
   * No number yet of maps of another method.
   *
   * @param source what to call them, not empty
   */
  public static MetricRows ofMaps(String dataset, String category, String source, RunLog run) {
    return new MetricRows(new ModelFamily(dataset, category, FOREIGN), 0, source, run);
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
            family.dataset(),
            family.category(),
            family.method(),
            version,
            source,
            metric,
            subset,
            parameter,
            nullable(value),
            nullable(errorBound),
            run.run(),
            at));
  }

  /**
   * Writes the numbers, and then deletes those of an earlier evaluation that this one has none for,
   * such as a defect type's that is called otherwise now.
   */
  public void writeTo(Lake lake) {
    lake.merge(Tables.METRICS, lake.spark().createDataFrame(rows, Tables.METRICS.schema()));
    Column earlier =
        family.rows(version).and(col("source").equalTo(source)).and(col("run").notEqual(run.run()));
    if (!lake.read(Tables.METRICS).where(earlier).isEmpty()) {
      lake.delete(Tables.METRICS, earlier);
    }
  }

  private static Double nullable(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
