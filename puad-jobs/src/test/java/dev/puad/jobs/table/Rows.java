package dev.puad.jobs.table;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** Rows to merge. */
final class Rows {

  private Rows() {}

  /** Rejects of {@code count} images of a category, each telling the run. */
  static Dataset<Row> rejects(SparkSession spark, String category, int count, String run) {
    Timestamp modified = Timestamp.from(Instant.parse("2026-11-03T10:00:00Z"));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          RowFactory.create(
              "file:/i/%03d.png".formatted(i),
              modified,
              100L,
              "default",
              category,
              "puad",
              1L,
              "corrupt",
              "no PNG",
              1,
              run));
    }
    return spark.createDataFrame(rows, Tables.REJECTS.schema());
  }
}
