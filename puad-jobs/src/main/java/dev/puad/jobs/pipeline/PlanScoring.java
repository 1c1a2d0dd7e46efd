package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.puad.jobs.archive.CategoryRule;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** Finds out which images of an archive are to be scored; decodes none of them. */
public final class PlanScoring {

  /** A listing and the category of each image. */
  static final StructType FILES = DecodeImages.FILES.add("category", DataTypes.StringType);

  /** Of more nobody reads all. */
  static final int MOST_LOST = 20;

  private static final String[] STATE = {"category", "image", "modified", "length"};

  /** An entry that could not be read may be readable as soon as its shard is another. */
  private static final String[] REJECTED_STATE = {"category", "image", "rejected_as", "length"};

  private PlanScoring() {}

  /** Which images a run is for. */
  public enum Rejects {
    /** Those that were rejected and have not changed are passed over. */
    LEFT,
    /** They are tried again. */
    RETRIED
  }

  /**
   * What a run is asked for.
   *
   * @param root the archive's normalised URI
   * @param dataset of the models
   * @param method of the models
   * @param versions the model's version of each category that has one
   * @param since images modified before are passed over
   * @param until images modified then or later are passed over
   * @param limit of images; empty for all
   * @param contents how images that were scored are read, to be compared by their bytes; empty:
   *     none is, and an image is the same if its time and length are
   */
  public record Request(
      String root,
      CategoryRule rule,
      String dataset,
      String method,
      Map<String, Long> versions,
      Optional<Instant> since,
      Optional<Instant> until,
      Optional<Integer> limit,
      Rejects rejects,
      Optional<CompareContents.Reading> contents) {}

  /**
   * Images of one category.
   *
   * @param found in the archive
   * @param skipped since they have been scored or rejected in their present state, or for their
   *     time
   * @param bytes of those that are left
   */
  public record Found(long found, long skipped, long bytes) {

    /** Images that are left. */
    public long left() {
      return found - skipped;
    }
  }

  /**
   * What is to be done; closed when it is done.
   *
   * @param planned the whole listing of {@link #FILES}, with {@code skipped} and, of images whose
   *     time alone is another than when they were scored, {@code touched}
   * @param count images that are to be scored
   * @param categories those that have a model
   * @param unmatched images of no category, by the rule
   * @param lost shards and folders of no category that cannot be read
   * @param others files that are no images, by their names
   * @param withoutModel images of categories that have no model
   * @param leftOut the images among the two above, and where they are
   */
  public record Work(
      Request request,
      Dataset<Row> planned,
      long count,
      Map<String, Found> categories,
      long unmatched,
      Lost lost,
      long others,
      Map<String, Long> withoutModel,
      LeftOut leftOut)
      implements AutoCloseable {

    /** Of the images that are to be scored. */
    public long bytes() {
      return request.limit().isEmpty()
          ? categories.values().stream().mapToLong(Found::bytes).sum()
          : images().agg(coalesce(sum("length"), lit(0L))).first().getLong(0);
    }

    /** Images that need not be read. */
    public long skipped() {
      return categories.values().stream().mapToLong(Found::skipped).sum();
    }

    /** Those of {@link #FILES} that are to be scored, in their order. */
    public Dataset<Row> images() {
      return images(categories.keySet());
    }

    /** The same of some categories alone; neither beyond the limit. */
    Dataset<Row> images(Set<String> of) {
      return PlanScoring.images(planned, of, request.limit());
    }

    @Override
    public void close() {
      planned.unpersist();
    }
  }

  /**
   * Shards and folders of no category that cannot be read.
   *
   * @param count of them all
   * @param errors why, of the first {@link #MOST_LOST}, by their URIs
   */
  public record Lost(long count, Map<String, String> errors) {

    static final Lost NOTHING = new Lost(0, Map.of());
  }

  /** Compares a listing with the tables. */
  public static Work plan(Lake lake, ListArchive.Listing listing, Request request) {
    MapFunction<Row, Row> categorized = new Categorize(request.root(), request.rule());
    Dataset<Row> files = listing.images().map(categorized, Encoders.row(FILES));
    Dataset<Row> planned =
        files
            .join(scored(lake, files, request), STATE, "left")
            .withColumn("rejected_as", coalesce(col("shard_modified"), col("modified")))
            .join(rejected(lake, request), REJECTED_STATE, "left")
            .withColumn(
                "skipped",
                col("touched").isNotNull().or(col("rejected").isNotNull()).or(not(inTime(request))))
            .withColumn("touched", coalesce(col("touched"), lit(false)))
            .drop("rejected_as", "rejected")
            .persist(StorageLevel.MEMORY_AND_DISK());
    Map<String, Found> categories = new TreeMap<>();
    Map<String, Long> withoutModel = new TreeMap<>();
    long unmatched = 0;
    for (Row row : counts(planned)) {
      String category = row.getString(0);
      if (category == null) {
        unmatched = row.getLong(1);
      } else if (request.versions().containsKey(category)) {
        categories.put(category, new Found(row.getLong(1), row.getLong(2), row.getLong(3)));
      } else {
        withoutModel.put(category, row.getLong(1));
      }
    }
    long left = categories.values().stream().mapToLong(Found::left).sum();
    long count = request.limit().map(limit -> Math.min(limit, left)).orElse(left);
    Lost lost = unmatched > 0 ? lost(planned) : Lost.NOTHING;
    long others = withoutModel.values().stream().mapToLong(Long::longValue).sum();
    long leftOut = unmatched - lost.count() + others;
    long found = categories.values().stream().mapToLong(Found::found).sum() + leftOut;
    return new Work(
        request,
        planned,
        count,
        categories,
        unmatched,
        lost,
        listing.others(),
        withoutModel,
        LeftOut.of(leftOut, found, planned, request));
  }

  private static Lost lost(Dataset<Row> planned) {
    Dataset<Row> lost = planned.where("category is null and reason is not null");
    Map<String, String> errors = new TreeMap<>();
    lost.orderBy("image")
        .limit(MOST_LOST)
        .collectAsList()
        .forEach(row -> errors.put(row.getAs("image"), row.getAs("error")));
    return new Lost(lost.count(), errors);
  }

  private static List<Row> counts(Dataset<Row> planned) {
    return planned
        .groupBy("category")
        .agg(
            count(lit(1)),
            sum(when(col("skipped"), 1L).otherwise(0L)),
            sum(when(col("skipped"), 0L).otherwise(col("length"))))
        .collectAsList();
  }

  /** Neighbours in a shard stay neighbours, in its order, so that it is read once and forwards. */
  private static Dataset<Row> images(
      Dataset<Row> planned, Set<String> categories, Optional<Integer> limit) {
    Dataset<Row> images =
        planned
            .where(not(col("skipped")).and(col("category").isin(categories.toArray())))
            .drop("skipped", "touched")
            .orderBy(
                col("category"), coalesce(col("shard"), col("image")), col("offset"), col("image"));
    return limit.map(images::limit).orElse(images);
  }

  /** The state of images that the models have scored, or that still have the bytes of then. */
  private static Dataset<Row> scored(Lake lake, Dataset<Row> files, Request request) {
    Dataset<Row> scores = lake.read(Tables.SCORES).where(ofModels(request));
    return request
        .contents()
        .map(reading -> unchanged(files.where(inTime(request)), scores, reading))
        .orElseGet(() -> scores.select(columns(STATE)).withColumn("touched", lit(false)));
  }

  private static Dataset<Row> rejected(Lake lake, Request request) {
    return lake.read(Tables.REJECTS)
        .where(ofModels(request).and(lit(request.rejects() == Rejects.LEFT)))
        .withColumnRenamed("modified", "rejected_as")
        .select(columns(REJECTED_STATE))
        .withColumn("rejected", lit(true));
  }

  private static Dataset<Row> unchanged(
      Dataset<Row> files, Dataset<Row> scores, CompareContents.Reading reading) {
    Dataset<Row> scored =
        scores.select(
            col("category"),
            col("image"),
            col("length"),
            col("content_hash"),
            col("modified").as("before"));
    return CompareContents.unchanged(
            files
                .where("reason is null")
                .join(scored, new String[] {"category", "image", "length"}),
            reading)
        .withColumn("touched", col("modified").notEqual(col("before")))
        .select("category", "image", "modified", "length", "touched");
  }

  private static Column[] columns(String... names) {
    return Stream.of(names).map(functions::col).toArray(Column[]::new);
  }

  /** Holds for rows of the models that are to score. */
  static Column ofModels(Request request) {
    Column models =
        request.versions().entrySet().stream()
            .map(
                model ->
                    col("category")
                        .equalTo(model.getKey())
                        .and(col("version").equalTo(model.getValue())))
            .reduce(lit(false), Column::or);
    return col("dataset")
        .equalTo(request.dataset())
        .and(col("method").equalTo(request.method()))
        .and(models);
  }

  private static Column inTime(Request request) {
    Column in = lit(true);
    if (request.since().isPresent()) {
      in = in.and(col("modified").geq(Timestamp.from(request.since().get())));
    }
    if (request.until().isPresent()) {
      in = in.and(col("modified").lt(Timestamp.from(request.until().get())));
    }
    // Without a time, storage failed, which is told whatever was asked for.
    return col("modified").isNull().or(in);
  }

  private record Categorize(String root, CategoryRule rule) implements MapFunction<Row, Row> {

    @Override
    public Row call(Row file) {
      Object[] row = new Object[FILES.size()];
      for (int i = 0; i < file.size(); i++) {
        row[i] = file.get(i);
      }
      row[FILES.fieldIndex("category")] = rule.category(root, file.getString(0)).orElse(null);
      return RowFactory.create(row);
    }
  }
}
