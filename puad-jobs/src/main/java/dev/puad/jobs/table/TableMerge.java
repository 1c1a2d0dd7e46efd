package dev.puad.jobs.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * MERGE by a table's key. Always with a matched branch: a MERGE that only inserts is a plain
 * append, which Iceberg does not check for conflicts, so that two at once double every row.
 */
final class TableMerge {

  private static final String CATEGORY = "category";

  private final SparkSession spark;
  private final TableDefinition table;

  TableMerge(SparkSession spark, TableDefinition table) {
    this.spark = spark;
    this.table = table;
  }

  /** What a merge must know of its source. */
  private record Source(long rows, List<String> categories) {}

  long merge(Dataset<Row> rows) {
    return run(
        rows,
        Arrays.asList(table.schema().fieldNames()),
        "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *");
  }

  long deleteKeys(Dataset<Row> keys) {
    return run(keys, table.key(), "WHEN MATCHED THEN DELETE");
  }

  private long run(Dataset<Row> rows, List<String> columns, String branches) {
    if (rows.sparkSession() != spark) {
      throw new IllegalArgumentException(
          "rows for %s belong to another session than its lake".formatted(table.fullName()));
    }
    checkColumns(rows.schema(), columns);
    // MERGE evaluates its source more than once: without this, inference would run twice. An RDD
    // rather than a cached plan, since MERGE refuses a plan that is not deterministic.
    Dataset<Row> computed =
        rows.select(columns.stream().map(c -> col("`" + c + "`")).toArray(Column[]::new));
    JavaRDD<Row> kept = computed.toJavaRDD().persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> source = spark.createDataFrame(kept, computed.schema());
    String view = "puad_merge_" + UUID.randomUUID().toString().replace("-", "");
    try {
      Source checked = check(source);
      if (checked.rows() == 0) {
        return 0;
      }
      source.createOrReplaceTempView(view);
      String merge =
          "MERGE INTO %s t USING %s s ON %s %s"
              .formatted(table.fullName(), view, condition(checked), branches);
      CommitRetry.onConflict(
          "merging into " + table.fullName(),
          () -> {
            Lake.refresh(spark, table);
            spark.sql(merge);
          });
      return checked.rows();
    } finally {
      spark.catalog().dropTempView(view);
      kept.unpersist();
    }
  }

  private String condition(Source source) {
    String keys =
        table.key().stream()
            .map(k -> "t.`%1$s` = s.`%1$s`".formatted(k))
            .collect(Collectors.joining(" AND "));
    if (source.categories().isEmpty()) {
      return keys;
    }
    // Constants, unlike a join's equality, prune files and narrow what counts as a conflict.
    Column categories = col("t." + CATEGORY).isin(source.categories().toArray());
    return keys + " AND " + categories.expr().sql();
  }

  private void checkColumns(StructType given, List<String> columns) {
    List<String> names = Arrays.asList(given.fieldNames());
    List<String> wrong = new ArrayList<>();
    for (String column : columns) {
      if (!names.contains(column)) {
        wrong.add(column + " is missing");
        continue;
      }
      StructField field = given.apply(column);
      StructField wanted = table.schema().apply(column);
      if (!field.dataType().equals(wanted.dataType())) {
        wrong.add(
            "%s is %s instead of %s"
                .formatted(column, field.dataType().sql(), wanted.dataType().sql()));
      }
    }
    if (columns.size() == table.schema().size()) {
      names.stream()
          .filter(name -> !columns.contains(name))
          .forEach(name -> wrong.add(name + " is unknown"));
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(
          "rows do not fit %s: %s".formatted(table.fullName(), String.join(", ", wrong)));
    }
  }

  private Source check(Dataset<Row> source) {
    Column[] key = table.key().stream().map(k -> col("`" + k + "`")).toArray(Column[]::new);
    Column anyNull = Arrays.stream(key).map(Column::isNull).reduce(lit(false), Column::or);
    Dataset<Row> keys = source.groupBy(key).agg(count(lit(1)).as("occurrences"));
    Column categories =
        table.key().contains(CATEGORY) ? collect_set(col(CATEGORY)) : lit(new String[0]);
    Row row =
        keys.agg(
                sum("occurrences"),
                max("occurrences"),
                sum(when(anyNull, 1L).otherwise(0L)),
                categories)
            .first();
    if (row.isNullAt(0)) {
      return new Source(0, List.of());
    }
    if (row.getLong(2) > 0) {
      throw new IllegalArgumentException(
          "%d of the keys %s for %s have a null"
              .formatted(row.getLong(2), table.key(), table.fullName()));
    }
    if (row.getLong(1) > 1) {
      Row twice = keys.where(col("occurrences").gt(1)).first();
      throw new IllegalArgumentException(
          "the key %s = %s occurs %d times among the rows for %s"
              .formatted(
                  table.key(), values(twice), twice.<Long>getAs("occurrences"), table.fullName()));
    }
    return new Source(row.getLong(0), row.getList(3));
  }

  private List<Object> values(Row row) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < table.key().size(); i++) {
      values.add(row.get(i));
    }
    return values;
  }
}
