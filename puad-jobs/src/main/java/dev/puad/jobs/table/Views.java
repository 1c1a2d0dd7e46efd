package dev.puad.jobs.table;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import java.util.List;
import org.apache.spark.sql.types.StructType;

/**
 * What people ask of the tables. Days are those by which scores are partitioned, UTC whatever the
 * session's time zone, so that a condition on a day reads that day's files alone.
 */
public final class Views {

  private static final String MODEL_COLUMNS = "dataset, category, method, version";

  private static final String DAYS_COUNTS =
      """
      count_if(scored) AS images,
      count_if(anomalous) AS anomalous,
      avg(CAST(anomalous AS DOUBLE)) AS anomalous_rate,
      count_if(NOT scored) AS rejected,
      avg(score) AS mean_score,
      max(score) AS largest_score""";

  /** No run is expected to take longer. */
  private static final int LONGEST_RUN_DAYS = 7;

  /**
   * A row is an image, as the newest version that scored it saw it, unless that version or a newer
   * one could not read what it is now.
   */
  public static final ViewDefinition LATEST_SCORES =
      new ViewDefinition(
          "latest_scores",
          Tables.SCORES.schema(),
          """
          SELECT %1$s FROM (
            SELECT *, row_number() OVER (
              PARTITION BY dataset, category, method, image ORDER BY version DESC) AS newest
            FROM %2$s) AS scores
          WHERE newest = 1 AND NOT EXISTS (
            SELECT 1 FROM %3$s AS rejects
            WHERE rejects.dataset = scores.dataset AND rejects.category = scores.category
              AND rejects.method = scores.method AND rejects.image = scores.image
              AND rejects.version >= scores.version)
          """
              .formatted(
                  String.join(", ", Tables.SCORES.schema().fieldNames()),
                  Tables.SCORES.fullName(),
                  Tables.REJECTS.fullName()));

  /**
   * A row is what one model did on a day. A reject counts on the day of the last run that tried it;
   * where that has no row, its name tells when it began.
   */
  public static final ViewDefinition DAILY =
      new ViewDefinition(
          "daily",
          new StructType()
              .add("day", DateType, true, "When the run began, UTC; null where nothing tells")
              .add("dataset", StringType, true, "As in scores")
              .add("category", StringType, true, "As in scores")
              .add("method", StringType, true, "As in scores")
              .add("version", LongType, true, "As in scores")
              .add("images", LongType, true, "Scored")
              .add("anomalous", LongType, true, "Of the images scored")
              .add("anomalous_rate", DoubleType, true, "Of the images scored; null without any")
              .add("rejected", LongType, true, "Last tried that day, and in rejects still")
              .add("mean_score", DoubleType, true, "Of the images scored")
              .add("largest_score", DoubleType, true, "Of the images scored"),
          """
          SELECT day, %1$s, %5$s
          FROM (
            SELECT lake.system.days(scored_at) AS day, %1$s, true AS scored, anomalous, score
            FROM %2$s
            UNION ALL
            SELECT
              lake.system.days(coalesce(runs.started_at, try_to_timestamp(
                substring_index(rejects.run, '-', 1), "yyyyMMdd'T'HHmmssX"))) AS day,
              %1$s, false AS scored, NULL AS anomalous, NULL AS score
            FROM %3$s AS rejects LEFT JOIN %4$s AS runs ON rejects.run = runs.run)
          GROUP BY day, %1$s
          """
              .formatted(
                  MODEL_COLUMNS,
                  Tables.SCORES.fullName(),
                  Tables.REJECTS.fullName(),
                  Tables.RUNS.fullName(),
                  DAYS_COUNTS));

  /** A row is what one model found in the images that were made on a day, whenever it saw them. */
  public static final ViewDefinition DAILY_MADE =
      new ViewDefinition(
          "daily_made",
          new StructType()
              .add("day", DateType, true, "When the images were last modified, UTC")
              .add("dataset", StringType, true, "As in scores")
              .add("category", StringType, true, "As in scores")
              .add("method", StringType, true, "As in scores")
              .add("version", LongType, true, "As in scores")
              .add("images", LongType, true, "Scored")
              .add("anomalous", LongType, true, "Of the images scored")
              .add("anomalous_rate", DoubleType, true, "Of the images scored; null without any")
              .add("rejected", LongType, true, "In rejects; by their shard's day where it is one's")
              .add("mean_score", DoubleType, true, "Of the images scored")
              .add("largest_score", DoubleType, true, "Of the images scored"),
          """
          SELECT day, %1$s, %4$s
          FROM (
            SELECT lake.system.days(modified) AS day, %1$s, true AS scored, anomalous, score
            FROM %2$s
            UNION ALL
            SELECT lake.system.days(modified) AS day, %1$s, false AS scored, NULL AS anomalous,
              NULL AS score
            FROM %3$s)
          GROUP BY day, %1$s
          """
              .formatted(
                  MODEL_COLUMNS, Tables.SCORES.fullName(), Tables.REJECTS.fullName(), DAYS_COUNTS));

  /** A row is one image scored by one model, ranked within its day: the worst have rank 1. */
  public static final ViewDefinition WORST =
      new ViewDefinition(
          "worst",
          new StructType()
              .add("day", DateType, true, "When it was scored, UTC")
              .add("dataset", StringType, true, "As in scores")
              .add("category", StringType, true, "As in scores")
              .add("method", StringType, true, "As in scores")
              .add("version", LongType, true, "As in scores")
              .add("rank", IntegerType, true, "1 is the largest score of the five above; no ties")
              .add("image", StringType, true, "As in scores")
              .add("score", DoubleType, true, "As in scores")
              .add("picturable_z", DoubleType, true, "As in scores")
              .add("unpicturable_z", DoubleType, true, "As in scores")
              .add("threshold", DoubleType, true, "As in scores")
              .add("anomalous", BooleanType, true, "As in scores"),
          """
          SELECT day, %1$s,
            row_number() OVER (
              PARTITION BY day, %1$s ORDER BY score DESC, image) AS rank,
            image, score, picturable_z, unpicturable_z, threshold, anomalous
          FROM (SELECT *, lake.system.days(scored_at) AS day FROM %2$s)
          """
              .formatted(MODEL_COLUMNS, Tables.SCORES.fullName()));

  /**
   * A row is a run and what is known of it: the next run on its host tells whether its process is
   * gone; of other hosts' that nobody runs on any more, only time does.
   */
  public static final ViewDefinition RUN_STATUS =
      new ViewDefinition(
          "run_status",
          new StructType()
              .add("run", StringType, true, "As in runs")
              .add("command", StringType, true, "As in runs")
              .add("started_at", TimestampType, true, "As in runs")
              .add("status", StringType, true, "running, done, failed, stopped or lost")
              .add("seconds", DoubleType, true, "As in runs; null where nobody knows")
              .add("scored", LongType, true, "As in runs")
              .add("skipped", LongType, true, "As in runs")
              .add("rejected", LongType, true, "As in runs")
              .add("error", StringType, true, "As in runs")
              .add("host", StringType, true, "As in runs")
              .add("pid", LongType, true, "As in runs"),
          """
          SELECT run, command, started_at,
            CASE WHEN outcome = 'running'
                AND started_at < current_timestamp() - INTERVAL '%2$d' DAY
              THEN 'lost' ELSE outcome END AS status,
            CASE WHEN outcome NOT IN ('running', 'lost') THEN seconds END AS seconds,
            scored, skipped, rejected, error, host, pid
          FROM %1$s
          """
              .formatted(Tables.RUNS.fullName(), LONGEST_RUN_DAYS));

  /** Every view. */
  public static final List<ViewDefinition> ALL =
      List.of(LATEST_SCORES, DAILY, DAILY_MADE, WORST, RUN_STATUS);

  private Views() {}
}
