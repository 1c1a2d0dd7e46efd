package dev.puad.jobs.table;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import dev.puad.model.BadInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The bundles that there are, and which version of a category's is current. */
public final class Models {

  private final Lake lake;

  public Models(Lake lake) {
    this.lake = lake;
  }

  /** One more than the newest version; 1 for the first. */
  public long nextVersion(ModelFamily family) {
    Row newest = rows(family).agg(max("version")).first();
    return newest.isNullAt(0) ? 1 : newest.getLong(0) + 1;
  }

  /**
   * The model to use when nobody asks for a version.
   *
   * @throws BadInputException if the category has none
   */
  public ModelRow current(ModelFamily family) {
    return first(rows(family).where(col("current"))).orElseThrow(() -> none(family));
  }

  /** The models that are used when nobody asks for a version, of every category. */
  public List<ModelRow> current(String dataset, String method) {
    return lake
        .read(Tables.MODELS)
        .where(
            col("dataset").equalTo(dataset).and(col("method").equalTo(method)).and(col("current")))
        .collectAsList()
        .stream()
        .map(ModelRow::of)
        .toList();
  }

  /**
   * One version.
   *
   * @throws BadInputException if there is no such version
   */
  public ModelRow version(ModelFamily family, long version) {
    return first(rows(family).where(col("version").equalTo(version)))
        .orElseThrow(() -> noVersion(family, version));
  }

  /** The newest model that is ready and was trained by the same settings on the same data. */
  public Optional<ModelRow> trainedBy(ModelFamily family, String fingerprint) {
    return first(
        rows(family)
            .where(col("fingerprint").equalTo(fingerprint).and(col("status").equalTo("ready")))
            .orderBy(col("version").desc()));
  }

  /** Adds a model, or replaces the row of its version, and makes it current, in one commit. */
  public void publish(ModelRow model) {
    SparkSession spark = lake.spark();
    String view = "puad_publish_" + UUID.randomUUID().toString().replace("-", "");
    // Two source rows: one is the model, the other matches the version that was current.
    spark
        .createDataFrame(List.of(model.toRow()), Tables.MODELS.schema())
        .withColumn("published", explode(array(lit(true), lit(false))))
        .createOrReplaceTempView(view);
    String merge =
        """
        MERGE INTO %s t USING %s s
        ON t.dataset = s.dataset AND t.category = s.category AND t.method = s.method AND %s
          AND ((s.published AND t.version = s.version)
            OR (NOT s.published AND t.version <> s.version AND t.`current`))
        WHEN MATCHED AND s.published THEN UPDATE SET *
        WHEN MATCHED THEN UPDATE SET t.`current` = false
        WHEN NOT MATCHED AND s.published THEN INSERT *"""
            .formatted(
                Tables.MODELS.fullName(),
                view,
                col("t.category").equalTo(model.family().category()).expr().sql());
    try {
      commit("publishing a model", merge);
    } finally {
      spark.catalog().dropTempView(view);
    }
  }

  /**
   * Makes an older or newer version the current one.
   *
   * @throws BadInputException if there is no such version
   */
  public void makeCurrent(ModelFamily family, long version) {
    ModelRow model = version(family, version);
    commit(
        "making a model current",
        "UPDATE %s SET `current` = (version = %d) WHERE %s"
            .formatted(Tables.MODELS.fullName(), model.version(), family.rows().expr().sql()));
  }

  /**
   * Makes the paths of bundles those in a directory that was copied or moved with the warehouse;
   * paths that never were in a directory of bundles stay.
   *
   * @param bundles the directory of all bundles, as it is now
   * @return how many were others
   */
  public long relocate(Path bundles) {
    Column within =
        concat(
            lit("/"),
            col("dataset"),
            lit("/"),
            col("category"),
            lit("/v"),
            col("version").cast("string"));
    Column now = concat(lit(bundles.toString()), within);
    Column others =
        col("path")
            .notEqual(now)
            .and(col("path").endsWith(concat(lit("/" + bundles.getFileName()), within)));
    long count = lake.read(Tables.MODELS).where(others).count();
    if (count > 0) {
      commit(
          "relocating bundles",
          "UPDATE %s SET path = %s WHERE %s"
              .formatted(Tables.MODELS.fullName(), now.expr().sql(), others.expr().sql()));
    }
    return count;
  }

  private void commit(String what, String statement) {
    CommitRetry.onConflict(
        what,
        () -> {
          Lake.refresh(lake.spark(), Tables.MODELS);
          lake.spark().sql(statement);
        });
  }

  private Dataset<Row> rows(ModelFamily family) {
    return lake.read(Tables.MODELS).where(family.rows());
  }

  private static Optional<ModelRow> first(Dataset<Row> rows) {
    return rows.limit(1).collectAsList().stream().map(ModelRow::of).findFirst();
  }

  private BadInputException none(ModelFamily family) {
    return new BadInputException(
        "Cannot use category %s: it has no bundle in %s. Run: puad train --data DIR/%s"
            .formatted(family.category(), lake.location(), family.category()));
  }

  private BadInputException noVersion(ModelFamily family, long version) {
    String versions =
        rows(family).select("version").orderBy("version").collectAsList().stream()
            .map(row -> Long.toString(row.getLong(0)))
            .collect(Collectors.joining(", "));
    return versions.isEmpty()
        ? none(family)
        : new BadInputException(
            "Cannot use version %d of category %s: its versions are %s. Choose one with --version."
                .formatted(version, family.category(), versions));
  }
}
