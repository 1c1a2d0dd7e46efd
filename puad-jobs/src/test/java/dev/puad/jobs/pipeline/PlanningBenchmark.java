package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.ProcessMemory;
import dev.puad.jobs.archive.CategoryRule;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How long it takes to find some new images among very many that were scored, and to merge the new
 * ones' rows. The listing is drawn, no image exists; {@code submit/benchmark-planning} runs it.
 */
final class PlanningBenchmark {

  private static final String ROOT = "file:///archive/line3";

  private PlanningBenchmark() {}

  /** Arguments: images scored already, new ones, and a folder for the warehouse. */
  public static void main(String[] arguments) {
    long scored = Long.parseLong(arguments[0]);
    long fresh = Long.parseLong(arguments[1]);
    SparkSession spark = LocalSpark.open(Path.of(arguments[2]));
    Lake lake = Lake.open(spark);
    long start = System.nanoTime();
    lake.merge(Tables.SCORES, rows(files(spark, 0, scored)));
    System.out.printf(Locale.ROOT, "table of %d rows written in %.1f s%n", scored, seconds(start));

    start = System.nanoTime();
    long left = 0;
    try (PlanScoring.Work work =
        PlanScoring.plan(
            lake,
            new ListArchive.Listing(DecodeImages.loose(files(spark, 0, scored + fresh)), 0),
            request())) {
      for (Iterator<Row> images = work.images().toLocalIterator(); images.hasNext(); ) {
        images.next();
        left++;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d of %d files found to be new in %.1f s%n",
        left,
        scored + fresh,
        seconds(start));

    start = System.nanoTime();
    lake.merge(Tables.SCORES, rows(files(spark, scored, scored + fresh)));
    System.out.printf(
        Locale.ROOT, "%d rows merged into %d in %.1f s%n", fresh, scored, seconds(start));
    System.out.printf(
        Locale.ROOT,
        "%d rows then; peak resident memory %.2f GB%n",
        lake.read(Tables.SCORES).count(),
        ProcessMemory.peakBytes() / 1e9);
    System.exit(0);
  }

  private static PlanScoring.Request request() {
    return new PlanScoring.Request(
        ROOT,
        CategoryRule.pattern("{category}/**"),
        UntrainedBundle.DATASET,
        UntrainedBundle.METHOD,
        Map.of("bottle", 1L, "cable", 1L, "screw", 1L, "cap", 1L),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        PlanScoring.Rejects.LEFT,
        Optional.empty());
  }

  private static Dataset<Row> files(SparkSession spark, long from, long until) {
    return spark
        .range(from, until)
        .select(
            expr("concat('%s/', %s, '/2026/', id div 10000, '/camera-7-part-', id, '.png')"
                    .formatted(ROOT, category()))
                .as("image"),
            expr("timestamp_seconds(1760000000 + id)").as("modified"),
            expr("2000000 + id").as("length"));
  }

  private static String category() {
    return "element_at(array('bottle', 'cable', 'screw', 'cap'), cast(id % 4 as int) + 1)";
  }

  private static Dataset<Row> rows(Dataset<Row> files) {
    Column category = expr("split(image, '/')[5]");
    Dataset<Row> rows =
        files
            .withColumn("content_hash", expr("sha2(image, 256)"))
            .withColumn("dataset", lit(UntrainedBundle.DATASET))
            .withColumn("category", category)
            .withColumn("method", lit(UntrainedBundle.METHOD))
            .withColumn("version", lit(1L));
    for (String score :
        new String[] {"picturable", "unpicturable", "picturable_z", "unpicturable_z", "score"}) {
      rows = rows.withColumn(score, expr("hash(image, '%s') / 1e9".formatted(score)));
    }
    return rows.withColumn("threshold", lit(2.0))
        .withColumn("anomalous", col("score").gt(2.0))
        .withColumn("width", lit(1600))
        .withColumn("height", lit(1280))
        .withColumn("scored_at", expr("current_timestamp()"))
        .withColumn("run", lit("benchmark"));
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
