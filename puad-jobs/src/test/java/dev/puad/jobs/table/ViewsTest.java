package dev.puad.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.puad.jobs.LocalSpark;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewsTest {

  private static final Instant MONDAY = Instant.parse("2026-11-02T23:30:00Z");
  private static final Instant TUESDAY = Instant.parse("2026-11-03T00:10:00Z");

  @TempDir static Path warehouse;

  private static SparkSession spark;

  @BeforeAll
  static void writeTwoNights() {
    spark = LocalSpark.open(warehouse);
    Lake lake = Lake.open(spark);
    lake.merge(
        Tables.SCORES,
        spark.createDataFrame(
            List.of(
                score("a", "cup", 1, 1.0, MONDAY),
                score("b", "cup", 1, 6.5, MONDAY),
                score("c", "cup", 1, 3.0, MONDAY),
                score("d", "cup", 1, 6.5, MONDAY),
                score("a", "cup", 2, 9.0, TUESDAY),
                score("e", "cup", 1, 0.5, TUESDAY),
                score("a", "lid", 1, 2.0, TUESDAY),
                score("a", "pot", 1, 4.0, TUESDAY)),
            Tables.SCORES.schema()));
    lake.merge(
        Tables.REJECTS,
        spark.createDataFrame(
            List.of(
                reject("x", "cup", 1, "monday's run"),
                reject("y", "cup", 1, "monday's run"),
                reject("x", "lid", 1, "20261104T010203Z-score-killed"),
                reject("y", "lid", 1, "a run that nobody knows"),
                reject("a", "pot", 2, "monday's run")),
            Tables.REJECTS.schema()));
    lake.merge(
        Tables.RUNS,
        spark.createDataFrame(
            List.of(
                RowFactory.create(
                    "monday's run",
                    "score",
                    "{}",
                    "{}",
                    Timestamp.from(MONDAY),
                    1.0,
                    4L,
                    0L,
                    2L,
                    "done",
                    null,
                    "here",
                    7L,
                    null),
                running("today's", Instant.now()),
                running("last month's", Instant.now().minus(Duration.ofDays(30)))),
            Tables.RUNS.schema()));
  }

  @Test
  void columnsAreThoseOfTheDefinitionWithTheirComments() {
    for (ViewDefinition view : Views.ALL) {
      StructField[] columns = spark.table(view.fullName()).schema().fields();
      assertThat(columns)
          .as(view.name())
          .extracting(StructField::name, StructField::dataType, c -> c.getComment().get())
          .isEqualTo(
              Arrays.stream(view.schema().fields())
                  .map(c -> tuple(c.name(), c.dataType(), c.getComment().get()))
                  .toList());
    }
  }

  @Test
  void theLatestScoreOfAnImageIsItsNewestVersions() {
    assertThat(rows("select category, image, version, score from puad.latest_scores order by 1, 2"))
        .containsExactly(
            "[cup,a,2,9.0]",
            "[cup,b,1,6.5]",
            "[cup,c,1,3.0]",
            "[cup,d,1,6.5]",
            "[cup,e,1,0.5]",
            "[lid,a,1,2.0]");
  }

  @Test
  void anImageThatTheNewestVersionRejectsHasNoLatestScore() {
    assertThat(rows("select category from puad.scores where image = 'a' and version = 1"))
        .contains("[pot]");
    assertThat(rows("select * from puad.latest_scores where category = 'pot'")).isEmpty();
  }

  @Test
  void aDayCountsWhatEachModelScored() {
    assertThat(
            rows(
                """
                select day, category, version, images, anomalous, anomalous_rate, largest_score
                from puad.daily where images > 0 order by 1, 2, 3
                """))
        .containsExactly(
            "[2026-11-02,cup,1,4,2,0.5,6.5]",
            "[2026-11-03,cup,1,1,0,0.0,0.5]",
            "[2026-11-03,cup,2,1,1,1.0,9.0]",
            "[2026-11-03,lid,1,1,0,0.0,2.0]",
            "[2026-11-03,pot,1,1,0,0.0,4.0]");
  }

  @Test
  void aDaysMeanIsThatOfItsScores() {
    Row monday =
        spark
            .sql(
                "select mean_score from puad.daily where day = date'2026-11-02' and category = 'cup'")
            .first();

    assertThat(monday.getDouble(0)).isEqualTo((1.0 + 6.5 + 3.0 + 6.5) / 4, within(1e-12));
  }

  @Test
  void rejectsCountOnTheDayOfTheirRunEvenIfItWasKilled() {
    assertThat(
            rows(
                """
                select day, category, images, anomalous_rate, rejected
                from puad.daily where rejected > 0 order by 1 nulls last, 2
                """))
        .containsExactly(
            "[2026-11-02,cup,4,0.5,2]",
            "[2026-11-02,pot,0,null,1]",
            "[2026-11-04,lid,0,null,1]",
            "[null,lid,0,null,1]");
  }

  @Test
  void aDayOfMakingCountsWhatWasMadeThenWheneverItWasScored() {
    assertThat(
            rows(
                """
                select day, category, version, images, anomalous, rejected, largest_score
                from puad.daily_made where category = 'cup' order by 1, 3
                """))
        .containsExactly("[2026-11-02,cup,1,5,2,2,6.5]", "[2026-11-02,cup,2,1,1,0,9.0]");
  }

  @Test
  void aRunWithoutAnEndIsLostAfterAWeek() {
    assertThat(rows("select run, status, seconds from puad.run_status order by run"))
        .containsExactly(
            "[last month's,lost,null]", "[monday's run,done,1.0]", "[today's,running,null]");
  }

  @Test
  void theWorstOfADayAreRankedByScoreThenByName() {
    assertThat(
            rows(
                """
                select rank, image, score, anomalous from puad.worst
                where category = 'cup' and version = 1 and day = date'2026-11-02' and rank <= 3
                order by rank
                """))
        .containsExactly("[1,b,6.5,true]", "[2,d,6.5,true]", "[3,c,3.0,false]");
  }

  @Test
  void daysAreUtcWhateverTheSessionsTimeZone() {
    SparkSession tokyo = LocalSpark.another(warehouse);
    tokyo.conf().set("spark.sql.session.timeZone", "Asia/Tokyo");

    assertThat(tokyo.sql("select distinct day from puad.worst order by 1").collectAsList())
        .extracting(row -> row.getDate(0).toString())
        .containsExactly("2026-11-02", "2026-11-03");
  }

  @Test
  void aDaysConditionPrunesFilesByTheirPartition() {
    for (String view : List.of("puad.daily", "puad.worst")) {
      String plan =
          spark
              .sql("select * from %s where day = date'2026-11-02'".formatted(view))
              .queryExecution()
              .executedPlan()
              .toString();

      assertThat(plan)
          .as(view)
          .containsPattern("puad[.]scores[^\\n]*filters=[^\\n]*scored_at[^\\n]*=");
    }
  }

  @Test
  void openingAgainReplacesOnlyAnotherText(@TempDir Path own) {
    SparkSession session = LocalSpark.open(own);
    Lake.open(session);
    session.sql("CREATE OR REPLACE VIEW lake.puad.worst AS SELECT 1 AS one");
    long daily = versions(session, "daily");
    long worst = versions(session, "worst");

    Lake.open(session);

    assertThat(session.table("puad.worst").columns()).contains("rank");
    assertThat(versions(session, "daily")).isEqualTo(daily);
    assertThat(versions(session, "worst")).isGreaterThan(worst);
  }

  @Test
  void sessionsThatOpenAtOnceAllSucceed(@TempDir Path shared) throws Exception {
    int count = 4;
    CyclicBarrier start = new CyclicBarrier(count);
    ExecutorService openers = Executors.newFixedThreadPool(count);
    try {
      List<Future<Lake>> lakes = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        SparkSession session = LocalSpark.another(shared);
        lakes.add(
            openers.submit(
                () -> {
                  start.await();
                  return Lake.open(session);
                }));
      }
      for (Future<Lake> lake : lakes) {
        assertThat(
                lake.get(120, TimeUnit.SECONDS).spark().table("puad.latest_scores").collectAsList())
            .isEmpty();
      }
    } finally {
      openers.shutdownNow();
    }
  }

  @Test
  void aCatalogThatKnowsNoViewsKeepsItsTables(@TempDir Path own) {
    SparkSession session = spark.newSession();
    session.conf().set("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog");
    session
        .conf()
        .set("spark.sql.catalog.lake.catalog-impl", "org.apache.iceberg.hadoop.HadoopCatalog");
    session.conf().set("spark.sql.catalog.lake.warehouse", own.toString());

    Lake lake = Lake.open(session);

    assertThat(lake.merge(Tables.REJECTS, Rows.rejects(session, "cup", 2, "r"))).isEqualTo(2);
    assertThat(lake.read(Tables.REJECTS).count()).isEqualTo(2);
  }

  private static long versions(SparkSession session, String view) {
    Path metadata =
        Path.of(session.conf().get("spark.sql.catalog.lake.warehouse"), "puad", view, "metadata");
    String[] files = metadata.toFile().list();
    return files == null ? 0 : files.length;
  }

  private static List<String> rows(String query) {
    return LocalSpark.rows(warehouse, query);
  }

  private static Row score(String image, String category, long version, double score, Instant at) {
    return RowFactory.create(
        image,
        Timestamp.from(MONDAY),
        100L,
        "0",
        "default",
        category,
        "puad",
        version,
        0.0,
        0.0,
        score,
        0.0,
        score,
        5.0,
        score > 5.0,
        64,
        64,
        Timestamp.from(at),
        "a run");
  }

  private static Row running(String run, Instant started) {
    return RowFactory.create(
        run,
        "train",
        "{}",
        "{}",
        Timestamp.from(started),
        0.0,
        0L,
        0L,
        0L,
        "running",
        null,
        "elsewhere",
        7L,
        null);
  }

  private static Row reject(String image, String category, long version, String run) {
    return RowFactory.create(
        image,
        Timestamp.from(MONDAY),
        100L,
        "default",
        category,
        "puad",
        version,
        "empty",
        "it is empty",
        1,
        run);
  }
}
