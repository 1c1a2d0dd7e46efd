package dev.puad.jobs.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.puad.jobs.LocalSpark;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeTest {

  private static final AtomicLong CATEGORIES = new AtomicLong();

  @TempDir static Path warehouse;

  private static SparkSession spark;
  private static Lake lake;

  // Each test works in a category of its own, since tables take seconds to create.
  private String category;

  @BeforeAll
  static void open() {
    spark = LocalSpark.open(warehouse);
    lake = Lake.open(spark);
  }

  @BeforeEach
  void chooseCategory() {
    category = "it's category " + CATEGORIES.incrementAndGet();
  }

  @Test
  void openingAgainKeepsTheTables() {
    lake.merge(Tables.REJECTS, Rows.rejects(spark, category, 1, "r"));

    Lake again = Lake.open(LocalSpark.another(warehouse));

    assertThat(again.read(Tables.REJECTS).where(col("category").equalTo(category)).count())
        .isEqualTo(1);
  }

  @Test
  void tablesHaveTheirColumnsInOrder() {
    for (TableDefinition table : Tables.ALL) {
      assertThat(lake.read(table).schema().fieldNames())
          .containsExactly(table.schema().fieldNames());
    }
  }

  @Test
  void anOlderTableGetsTheColumnsThatItLacks() {
    spark.sql("alter table puad.runs drop columns host, pid, process_started");

    Lake again = Lake.open(LocalSpark.another(warehouse));

    assertThat(again.read(Tables.RUNS).schema().fieldNames())
        .containsExactly(Tables.RUNS.schema().fieldNames());
  }

  @Test
  void theDefaultCatalogIsTheLake() {
    assertThat(spark.sql("select * from puad.scores").count()).isZero();
  }

  @Test
  void anExistingLakeCreatesNothing(@TempDir Path empty) {
    Lake none = Lake.existing(LocalSpark.open(empty));

    assertThat(none.read(Tables.SCORES).count()).isZero();
  }

  @Test
  void mergingTwiceLeavesEachKeyOnce() {
    lake.merge(Tables.REJECTS, Rows.rejects(spark, category, 20, "first"));
    long merged = lake.merge(Tables.REJECTS, Rows.rejects(spark, category, 20, "first"));

    assertThat(merged).isEqualTo(20);
    assertThat(rejects().count()).isEqualTo(20);
    assertThat(rejects().select("image").distinct().count()).isEqualTo(20);
  }

  @Test
  void mergingUpdatesARow() {
    lake.merge(Tables.REJECTS, Rows.rejects(spark, category, 3, "first"));
    lake.merge(Tables.REJECTS, Rows.rejects(spark, category, 2, "second"));

    assertThat(rejects().orderBy("image").select("run").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("second", "second", "first");
  }

  @Test
  void columnsMayComeInAnyOrder() {
    Dataset<Row> rows = Rows.rejects(spark, category, 1, "r");
    Column[] sorted =
        Arrays.stream(rows.columns()).sorted().map(c -> col(c)).toArray(Column[]::new);

    lake.merge(Tables.REJECTS, rows.select(sorted));

    assertThat(rejects().except(rows).count()).isZero();
    assertThat(rejects().count()).isEqualTo(1);
  }

  @Test
  void mergingNothingDoesNothing() {
    assertThat(lake.merge(Tables.REJECTS, Rows.rejects(spark, category, 0, "r"))).isZero();
  }

  @Test
  void theSourceIsComputedOnce() {
    LongAccumulator computed = spark.sparkContext().longAccumulator("rows computed");
    Dataset<Row> rows = Rows.rejects(spark, category, 7, "r");
    Dataset<Row> counted =
        rows.withColumn(
            "attempts",
            org.apache
                .spark
                .sql
                .functions
                .udf(
                    (Integer attempts) -> {
                      computed.add(1);
                      return attempts;
                    },
                    DataTypes.IntegerType)
                .asNondeterministic()
                .apply(col("attempts")));

    lake.merge(Tables.REJECTS, counted);

    assertThat(computed.value()).isEqualTo(7);
  }

  @Test
  void aKeyThatOccursTwiceIsRefused() {
    Dataset<Row> rows = Rows.rejects(spark, category, 2, "r");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> lake.merge(Tables.REJECTS, rows.union(rows.limit(1))))
        .withMessage(
            "the key [dataset, category, method, version, image] = [default, %s, puad, 1,"
                    .formatted(category)
                + " file:/i/000.png] occurs 2 times among the rows for lake.puad.rejects");
    assertThat(rejects().count()).isZero();
  }

  @Test
  void aNullInAKeyIsRefused() {
    Dataset<Row> rows =
        Rows.rejects(spark, category, 2, "r")
            .withColumn("method", lit(null).cast(DataTypes.StringType));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> lake.merge(Tables.REJECTS, rows))
        .withMessage(
            "2 of the keys [dataset, category, method, version, image] for lake.puad.rejects have a"
                + " null");
  }

  @Test
  void columnsThatDoNotFitAreNamed() {
    Dataset<Row> rows =
        Rows.rejects(spark, category, 1, "r")
            .drop("error")
            .withColumn("attempts", col("attempts").cast(DataTypes.LongType))
            .withColumn("extra", lit(1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> lake.merge(Tables.REJECTS, rows))
        .withMessage(
            "rows do not fit lake.puad.rejects: error is missing, attempts is BIGINT instead of"
                + " INT, extra is unknown");
  }

  @Test
  void deletesTheRowsOfKeys() {
    lake.merge(Tables.REJECTS, Rows.rejects(spark, category, 5, "r"));

    lake.deleteKeys(Tables.REJECTS, Rows.rejects(spark, category, 3, "other"));

    assertThat(rejects().orderBy("image").select("image").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("file:/i/003.png", "file:/i/004.png");
  }

  @Test
  void deletesByCondition() {
    lake.merge(Tables.REJECTS, Rows.rejects(spark, category, 5, "r"));

    lake.delete(
        Tables.REJECTS,
        col("category").equalTo(category).and(col("image").isin("file:/i/003.png", "x")));

    assertThat(rejects().count()).isEqualTo(4);
  }

  private Dataset<Row> rejects() {
    return lake.read(Tables.REJECTS).where(col("category").equalTo(category));
  }
}
