package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;

import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A category of which a run flagged more than half of the images, which defects seldom do: the
 * light, the camera or the product has changed.
 *
 * @param version of the model
 * @param images that the run scored
 * @param flagged of these, as anomalous
 * @param threshold above which an image is
 * @param median of the scores of the run
 * @param earlierImages that other runs scored by the same version
 * @param earlierMedian of their scores; empty without any
 */
public record ManyFlagged(
    String category,
    long version,
    long images,
    long flagged,
    double threshold,
    double median,
    long earlierImages,
    OptionalDouble earlierMedian) {

  /** Of fewer images nothing is said: a few defects among a few images are half of them. */
  public static final int FEWEST = 20;

  private static final Column MEDIAN = expr("percentile_approx(score, 0.5, 10000)");

  /** Looks at what a run scored; the earlier scores are read where there is something to say. */
  public static List<ManyFlagged> of(
      Lake lake, PlanScoring.Request request, ScoreImages.Stamp stamp) {
    Dataset<Row> scores = lake.read(Tables.SCORES).where(PlanScoring.ofModels(request));
    Column ofRun = col("run").equalTo(stamp.run());
    List<ManyFlagged> found = new ArrayList<>();
    // Its day prunes the others' files.
    scores
        .where(ofRun.and(col("scored_at").equalTo(lit(stamp.at()))))
        .groupBy("category", "version")
        .agg(
            count(lit(1)).as("images"),
            expr("count_if(anomalous)").as("flagged"),
            max("threshold"),
            MEDIAN)
        .where("images >= %d and 2 * flagged > images".formatted(FEWEST))
        .orderBy("category")
        .collectAsList()
        .forEach(row -> found.add(of(row, scores.where(not(ofRun)))));
    return found;
  }

  private static ManyFlagged of(Row run, Dataset<Row> earlier) {
    Row before =
        earlier.where(col("category").equalTo(run.getString(0))).agg(count(lit(1)), MEDIAN).first();
    return new ManyFlagged(
        run.getString(0),
        run.getLong(1),
        run.getLong(2),
        run.getLong(3),
        run.getDouble(4),
        run.getDouble(5),
        before.getLong(0),
        before.isNullAt(1) ? OptionalDouble.empty() : OptionalDouble.of(before.getDouble(1)));
  }
}
