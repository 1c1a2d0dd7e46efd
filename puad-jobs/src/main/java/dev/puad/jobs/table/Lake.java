package dev.puad.jobs.table;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.analysis.NoSuchViewException;
import org.apache.spark.sql.catalyst.analysis.ViewAlreadyExistsException;
import org.apache.spark.sql.connector.catalog.CatalogPlugin;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.ViewCatalog;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of one session's catalog {@code lake}. Every change of a table is one atomic commit;
 * several writers may work at once.
 */
public final class Lake {

  private static final Logger LOG = LoggerFactory.getLogger(Lake.class);

  private final SparkSession spark;

  private Lake(SparkSession spark) {
    this.spark = spark;
  }

  /** The lake as it is: creates nothing, so that a table may be missing. */
  public static Lake existing(SparkSession spark) {
    return new Lake(spark);
  }

  /**
   * The lake with all its tables and views; creates those that are missing, columns that an older
   * puad's tables lack, and views that have changed. Two processes may at once. Where the catalog
   * knows no views there are none.
   */
  public static Lake open(SparkSession spark) {
    Lake lake = new Lake(spark);
    // The catalog's own tables are created without a lock: the second process to do so fails once.
    CommitRetry.run("creating tables", SQLException.class::isInstance, lake::create);
    CommitRetry.run("adding columns", Lake::isFirstComers, lake::addColumns);
    CommitRetry.run("creating views", Lake::isFirstComers, lake::createViews);
    return lake;
  }

  /** A table's rows. */
  public Dataset<Row> read(TableDefinition table) {
    return exists(table)
        ? spark.table(table.fullName())
        : spark.createDataFrame(List.of(), table.schema());
  }

  /** Adds rows whose keys nobody else has, in one commit; cheaper than {@link #merge}. */
  public void append(TableDefinition table, Dataset<Row> rows) {
    try {
      rows.writeTo(table.fullName()).append();
    } catch (NoSuchTableException e) {
      throw new IllegalStateException(table.fullName() + " is gone", e);
    }
  }

  /**
   * Inserts rows, or updates those whose key is there already, in one commit; tries again when
   * another writer was first.
   *
   * @param rows the table's columns by name, in any order; computed once
   * @return the number of rows
   * @throws IllegalArgumentException if a column is missing, unknown or of another type, or a key
   *     occurs twice or is null
   */
  public long merge(TableDefinition table, Dataset<Row> rows) {
    return new TableMerge(spark, table).merge(rows);
  }

  /**
   * Deletes the rows whose key is among the given ones, in one commit.
   *
   * @param keys the table's key columns by name; other columns are ignored; computed once
   * @return the number of keys, whether or not they were there
   * @throws IllegalArgumentException as {@link #merge}
   */
  public long deleteKeys(TableDefinition table, Dataset<Row> keys) {
    return new TableMerge(spark, table).deleteKeys(keys);
  }

  /** Deletes the rows for which a condition holds, in one commit. */
  public void delete(TableDefinition table, Column condition) {
    CommitRetry.onConflict(
        "deleting from " + table.fullName(),
        () -> {
          refresh(spark, table);
          spark.sql("DELETE FROM " + table.fullName() + " WHERE " + condition.expr().sql());
        });
  }

  /** The session whose catalog this is. */
  public SparkSession spark() {
    return spark;
  }

  /** Where the tables are, for messages. */
  String location() {
    return spark.conf().get("spark.sql.catalog.lake.warehouse", "the catalog lake");
  }

  private boolean exists(TableDefinition table) {
    return spark.catalog().tableExists(table.fullName());
  }

  /** Lets a catalog that caches tables see what others committed. */
  static void refresh(SparkSession spark, TableDefinition table) {
    spark.sql("REFRESH TABLE " + table.fullName());
  }

  private void create() {
    spark.sql("CREATE NAMESPACE IF NOT EXISTS " + Tables.NAMESPACE);
    Set<String> there =
        spark.sql("SHOW TABLES IN " + Tables.NAMESPACE).collectAsList().stream()
            .map(row -> row.<String>getAs("tableName"))
            .collect(Collectors.toSet());
    Tables.ALL.stream().filter(table -> !there.contains(table.name())).forEach(this::create);
  }

  private void addColumns() {
    for (TableDefinition table : Tables.ALL) {
      if (missing(table).isEmpty()) {
        continue;
      }
      try {
        spark.sql(
            "ALTER TABLE %s ADD COLUMNS (%s)".formatted(table.fullName(), missing(table).toDDL()));
      } catch (Exception e) {
        // Spark throws checked exceptions that its methods do not declare. If they are there now,
        // another process was first.
        if (!missing(table).isEmpty()) {
          throw e;
        }
      }
    }
  }

  private StructType missing(TableDefinition table) {
    Set<String> there = Set.of(spark.table(table.fullName()).columns());
    return new StructType(
        Arrays.stream(table.schema().fields())
            .filter(field -> !there.contains(field.name()))
            .toArray(StructField[]::new));
  }

  private void createViews() {
    CatalogPlugin catalog = spark.sessionState().catalogManager().catalog(Tables.CATALOG);
    try {
      for (ViewDefinition view : Views.ALL) {
        if (!isThere((ViewCatalog) catalog, view)) {
          spark.sql(view.statement());
        }
      }
    } catch (UnsupportedOperationException e) {
      LOG.warn("no views in {}: its catalog knows none ({})", location(), e.getMessage());
    }
  }

  private static boolean isThere(ViewCatalog catalog, ViewDefinition view) {
    try {
      return catalog
          .loadView(Identifier.of(new String[] {Tables.DATABASE}, view.name()))
          .query()
          .equals(view.query());
    } catch (NoSuchViewException e) {
      return false;
    }
  }

  /** Whether another process created or replaced a view while this one was about to. */
  private static boolean isFirstComers(Throwable failure) {
    return failure instanceof AlreadyExistsException
        || failure instanceof ViewAlreadyExistsException
        || failure instanceof CommitFailedException
        || failure instanceof SQLException;
  }

  private void create(TableDefinition table) {
    String partitions =
        table.partitions().isEmpty()
            ? ""
            : "PARTITIONED BY (" + String.join(", ", table.partitions()) + ") ";
    spark.sql(
        "CREATE TABLE IF NOT EXISTS "
            + table.fullName()
            + " ("
            + table.schema().toDDL()
            + ") USING iceberg "
            + partitions
            + """
            TBLPROPERTIES (
              'format-version' = '2',
              'write.parquet.compression-codec' = 'zstd',
              'write.merge.mode' = 'copy-on-write',
              'write.update.mode' = 'copy-on-write',
              'write.delete.mode' = 'copy-on-write',
              'write.merge.isolation-level' = 'serializable',
              'write.update.isolation-level' = 'serializable',
              'write.delete.isolation-level' = 'serializable')""");
  }
}
