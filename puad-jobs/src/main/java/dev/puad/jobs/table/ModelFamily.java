package dev.puad.jobs.table;

import static org.apache.spark.sql.functions.col;

import org.apache.spark.sql.Column;

/** The versions of one method's models of one category: one of them is current. */
public record ModelFamily(String dataset, String category, String method) {

  /** Holds for a table's rows of any version. */
  Column rows() {
    return col("dataset")
        .equalTo(dataset)
        .and(col("category").equalTo(category))
        .and(col("method").equalTo(method));
  }

  /** Holds for a table's rows of one version. */
  public Column rows(long version) {
    return rows().and(col("version").equalTo(version));
  }
}
