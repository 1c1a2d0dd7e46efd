package dev.puad.jobs.table;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The tables' columns, keys and partitions. Timestamps are instants; JSON is kept in strings. */
public final class Tables {

  static final String CATALOG = "lake";

  /** Within the catalog. */
  static final String DATABASE = "puad";

  /** Catalog and namespace. */
  public static final String NAMESPACE = CATALOG + "." + DATABASE;

  private static final List<String> BY_CATEGORY_AND_DAY = List.of("category", "days(scored_at)");

  /** A row is a bundle; of each dataset, category and method exactly one version is current. */
  public static final TableDefinition MODELS =
      new TableDefinition(
          "models",
          new StructType()
              .add("dataset", StringType, true, "Keeps categories of different data sets apart")
              .add("category", StringType, true, "The inspected object")
              .add("method", StringType, true, "The detector, for example puad")
              .add("version", LongType, true, "1, 2, 3 and so on within the three above")
              .add("created", TimestampType, true, "When the bundle was finished")
              .add("current", BooleanType, true, "Whether score uses it unless told otherwise")
              .add("configuration", StringType, true, "The resolved settings, JSON")
              .add("fingerprint", StringType, true, "Hash of settings and data it was trained by")
              .add("metrics", StringType, true, "What training measured, JSON")
              .add("path", StringType, true, "The bundle's directory")
              .add("checksum", StringType, true, "SHA-256 of the bundle's manifest")
              .add("status", StringType, true, "ready, or why it is not"),
          List.of("dataset", "category", "method", "version"),
          List.of());

  /** A row is one image scored by one model. */
  public static final TableDefinition SCORES =
      new TableDefinition(
          "scores",
          new StructType()
              .add("image", StringType, true, "Normalised URI; of a shard's entry: shard!/entry")
              .add("modified", TimestampType, true, "When the file was last modified")
              .add("length", LongType, true, "File length in bytes")
              .add("content_hash", StringType, true, "SHA-256 of the file")
              .add("dataset", StringType, true, "Keeps categories of different data sets apart")
              .add("category", StringType, true, "The inspected object")
              .add("method", StringType, true, "The detector, for example puad")
              .add("version", LongType, true, "The bundle's version")
              .add("picturable", DoubleType, true, "Maximum of the anomaly map")
              .add("unpicturable", DoubleType, true, "Mahalanobis distance of pooled features")
              .add("picturable_z", DoubleType, true, "Standardised by the validation images")
              .add("unpicturable_z", DoubleType, true, "Standardised by the validation images")
              .add("score", DoubleType, true, "Sum of the two standardised scores")
              .add("threshold", DoubleType, true, "Scores above it are anomalous")
              .add("anomalous", BooleanType, true, "score > threshold")
              .add("width", IntegerType, true, "Of the image, in pixels")
              .add("height", IntegerType, true, "Of the image, in pixels")
              .add("scored_at", TimestampType, true, "When it was scored")
              .add("run", StringType, true, "The run that scored it"),
          List.of("dataset", "category", "method", "version", "image"),
          BY_CATEGORY_AND_DAY);

  /**
   * A row is one image's anomaly map at the network's output size, of variant nelson1425 with its
   * frame of zeros around it: value = offset + scale * half. Resized to the image it is the map.
   */
  public static final TableDefinition ANOMALY_MAPS =
      new TableDefinition(
          "anomaly_maps",
          new StructType()
              .add("image", StringType, true, "As in scores")
              .add("dataset", StringType, true, "As in scores")
              .add("category", StringType, true, "As in scores")
              .add("method", StringType, true, "As in scores")
              .add("version", LongType, true, "As in scores")
              .add("width", IntegerType, true, "Of the map")
              .add("height", IntegerType, true, "Of the map")
              .add("offset", FloatType, true, "value = offset + scale * half")
              .add("scale", FloatType, true, "value = offset + scale * half")
              .add("map", BinaryType, true, "zstd of little-endian half precision, row by row")
              .add("scored_at", TimestampType, true, "When it was scored")
              .add("run", StringType, true, "The run that scored it"),
          List.of("dataset", "category", "method", "version", "image"),
          BY_CATEGORY_AND_DAY);

  /** A row is an image that could not be scored; deleted when a later run scores it. */
  public static final TableDefinition REJECTS =
      new TableDefinition(
          "rejects",
          new StructType()
              .add("image", StringType, true, "As in scores")
              .add(
                  "modified",
                  TimestampType,
                  true,
                  "When the file was last modified; null where storage failed: tried again")
              .add("length", LongType, true, "File length in bytes")
              .add("dataset", StringType, true, "As in scores")
              .add("category", StringType, true, "As in scores")
              .add("method", StringType, true, "As in scores")
              .add("version", LongType, true, "As in scores")
              .add("reason", StringType, true, "In a word, for example corrupt")
              .add("error", StringType, true, "In a sentence")
              .add("attempts", IntegerType, true, "How many runs tried")
              .add("run", StringType, true, "The last run that tried"),
          List.of("dataset", "category", "method", "version", "image"),
          List.of("category"));

  /**
   * A row is one number of an evaluation. {@code source} is empty for our own scores, else the name
   * of foreign maps; {@code parameter} is 0.0 for a metric without one, since a key is never null.
   */
  public static final TableDefinition METRICS =
      new TableDefinition(
          "metrics",
          new StructType()
              .add("dataset", StringType, true, "As in scores")
              .add("category", StringType, true, "As in scores")
              .add("method", StringType, true, "As in scores")
              .add("version", LongType, true, "As in scores; 0 for foreign maps")
              .add("source", StringType, true, "Empty for our own, else the foreign maps' name")
              .add("metric", StringType, true, "For example auroc_combined or au_spro")
              .add("subset", StringType, true, "all, structural, logical, mean or a defect type")
              .add("parameter", DoubleType, true, "The FPR limit; 0 where there is none")
              .add("value", DoubleType, true, "Null where it is undefined")
              .add("error_bound", DoubleType, true, "Guaranteed; null where value is exact")
              .add("run", StringType, true, "The run that evaluated")
              .add("evaluated_at", TimestampType, true, "When it was evaluated"),
          List.of(
              "dataset",
              "category",
              "method",
              "version",
              "source",
              "metric",
              "subset",
              "parameter"),
          List.of());

  /** An entry of a shard, as {@code puad.shards} keeps it. */
  public static final StructType SHARD_ENTRY =
      new StructType()
          .add("path", StringType, true, "Its name in the shard")
          .add("modified", TimestampType, true, "When it was last modified")
          .add("length", LongType, true, "In bytes, once taken out")
          .add("coding", StringType, true, "stored, deflated or streamed")
          .add("offset", LongType, true, "Of its first byte, in the file or the stream")
          .add("stored", LongType, true, "Bytes that it takes in the shard")
          .add("reason", StringType, true, "Why it cannot be read; null if it can")
          .add("error", StringType, true, "The same in a sentence");

  /** A row is a shard's index: a shard that has not changed is not opened to list it. */
  public static final TableDefinition SHARDS =
      new TableDefinition(
          "shards",
          new StructType()
              .add("shard", StringType, true, "Normalised URI")
              .add("modified", TimestampType, true, "When the shard was last modified")
              .add("length", LongType, true, "Of the shard, in bytes")
              .add(
                  "entries",
                  DataTypes.createArrayType(SHARD_ENTRY),
                  true,
                  "Its images, where they lie")
              .add("reason", StringType, true, "Why it may have more; null if it has not")
              .add("error", StringType, true, "The same in a sentence")
              .add("indexed_at", TimestampType, true, "When its headers were read"),
          List.of("shard"),
          List.of());

  /** A row is one job run. */
  public static final TableDefinition RUNS =
      new TableDefinition(
          "runs",
          new StructType()
              .add("run", StringType, true, "Its name, unique")
              .add("command", StringType, true, "For example score")
              .add("configuration", StringType, true, "The resolved settings, JSON")
              .add("versions", StringType, true, "Of the software, JSON")
              .add("started_at", TimestampType, true, "When it began")
              .add("seconds", DoubleType, true, "How long it took")
              .add("scored", LongType, true, "Images scored")
              .add("skipped", LongType, true, "Images that had been scored before")
              .add("rejected", LongType, true, "Images that could not be scored")
              .add("outcome", StringType, true, "running, done, failed, stopped or lost")
              .add("error", StringType, true, "Why it failed; null when it did not")
              .add("host", StringType, true, "Where its process is, by the kernel's name")
              .add("pid", LongType, true, "Of its process there")
              .add("process_started", TimestampType, true, "When that process began"),
          List.of("run"),
          List.of());

  /** Every table. */
  public static final List<TableDefinition> ALL =
      List.of(MODELS, SCORES, ANOMALY_MAPS, REJECTS, METRICS, SHARDS, RUNS);

  private Tables() {}
}
