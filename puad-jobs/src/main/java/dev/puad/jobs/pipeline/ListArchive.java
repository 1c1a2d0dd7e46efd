package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;

import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.jobs.archive.Problem;
import dev.puad.jobs.archive.ShardEntry;
import dev.puad.jobs.archive.ShardIndex;
import dev.puad.jobs.archive.ShardLimits;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import dev.puad.model.BadInputException;
import dev.puad.model.image.RejectReason;
import java.io.IOException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Every image of an archive, those in folders and those in shards, listed by executors: no pixel is
 * read, and nothing grows on the driver.
 */
public final class ListArchive {

  /** Of those that open shards, at most. */
  private static final int TASKS = 1000;

  private static final Problem FOREIGN =
      new Problem(
          RejectReason.UNSUPPORTED,
          "shards of this kind are not read: make it a tar, tar.gz, tar.xz or zip");

  private static final StructType FILE =
      new StructType()
          .add("image", DataTypes.StringType)
          .add("modified", DataTypes.TimestampType)
          .add("length", DataTypes.LongType)
          .add("reason", DataTypes.StringType)
          .add("error", DataTypes.StringType)
          .add("shard", DataTypes.BooleanType);

  private final Lake lake;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final ShardLimits limits;
  private final Duration patience;

  private ListArchive(Lake lake, ShardLimits limits, Duration patience) {
    this.lake = lake;
    this.hadoop = DecodeImages.hadoop(lake.spark());
    this.limits = limits;
    this.patience = patience;
  }

  /**
   * What an archive has.
   *
   * @param images with the columns {@link DecodeImages#FILES}; also for each shard that cannot be
   *     read to its end, and each folder that cannot be listed, a row of its own, with the reason;
   *     without a time where it was the storage that failed
   * @param others files that are neither images nor shards, by their names; in shards none counts
   */
  public record Listing(Dataset<Row> images, long others) {}

  /** Whether the indices of new shards are kept, for the next time. */
  public enum Indices {
    KEPT,
    /** For a run that may write nothing. */
    FORGOTTEN
  }

  /**
   * Lists an archive. Shards that {@code puad.shards} does not know in their present state are
   * opened, and their headers read.
   *
   * @param root a folder's normalised URI, or a shard's or image's own
   * @param patience how long storage may be silent
   * @param rejects retried: shards that had a problem, or an entry with one, are opened once more,
   *     since the limits may be others
   * @throws BadInputException if the root itself cannot be listed
   */
  public static Listing list(
      Lake lake,
      String root,
      ShardLimits limits,
      Duration patience,
      Indices indices,
      PlanScoring.Rejects rejects) {
    return new ListArchive(lake, limits, patience).list(root, indices, rejects);
  }

  /** What is listed that has images, and is none: a shard, or a folder that cannot be listed. */
  static boolean isContainer(String image) {
    return image.endsWith("/") || ShardIndex.isShard(image) || ShardIndex.isForeign(image);
  }

  private Listing list(String root, Indices indices, PlanScoring.Rejects rejects) {
    Dataset<Row> files = files(root);
    Dataset<Row> images = files.where("image is not null and not shard").drop("shard");
    Dataset<Row> shards = files.where("shard").drop("shard").withColumnRenamed("image", "shard");
    Dataset<Row> all = DecodeImages.loose(images).unionByName(entries(shards, indices, rejects));
    return new Listing(all, files.where("image is null").agg(sum("length")).first().getLong(0));
  }

  /**
   * Images, shards, and folders that cannot be listed, told apart; listed once, however often it is
   * looked at. An RDD is forgotten once nobody knows it; a cached Dataset would stay.
   */
  private Dataset<Row> files(String root) {
    SparkSession spark = lake.spark();
    return spark.createDataFrame(
        ListFiles.of(spark, hadoop, root, patience)
            .mapPartitions(new Files())
            .persist(StorageLevel.MEMORY_AND_DISK()),
        FILE);
  }

  private Dataset<Row> entries(Dataset<Row> shards, Indices indices, PlanScoring.Rejects rejects) {
    String[] state = {"shard", "modified", "length"};
    Dataset<Row> known = lake.read(Tables.SHARDS);
    Dataset<Row> sound =
        rejects == PlanScoring.Rejects.LEFT
            ? known
            : known.where(
                col("reason")
                    .isNull()
                    .and(
                        not(
                            exists(
                                col("entries"), entry -> entry.getField("reason").isNotNull()))));
    List<Row> unknown = shards.join(sound, state, "left_anti").collectAsList();
    Dataset<Row> all = known.join(shards, state, "left_semi");
    if (!unknown.isEmpty()) {
      JavaRDD<Row> read =
          context()
              .parallelize(unknown, Math.min(unknown.size(), TASKS))
              .map(ListArchive::shard)
              .mapPartitions(new Index(hadoop, limits, patience, Timestamp.from(Instant.now())))
              .persist(StorageLevel.MEMORY_AND_DISK());
      Dataset<Row> indexed = lake.spark().createDataFrame(read, Tables.SHARDS.schema());
      if (indices == Indices.KEPT) {
        lake.merge(Tables.SHARDS, indexed.where("modified is not null"));
      }
      // Whoever reads the table by then finds those that are kept by now.
      Dataset<Row> before =
          all.join(lake.spark().createDataFrame(unknown, shards.schema()), state, "left_anti");
      all = before.unionByName(indexed);
    }
    return all.flatMap(new Entries(), Encoders.row(DecodeImages.FILES));
  }

  private static ImageFile shard(Row row) {
    return new ImageFile(row.getString(0), row.getTimestamp(1).getTime(), row.getLong(2));
  }

  private JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(lake.spark().sparkContext());
  }

  /**
   * Images, shards, and folders that cannot be listed; at the end a row without a name, whose
   * length is the number of all other files.
   */
  private record Files() implements FlatMapFunction<Iterator<ListFiles.Listed>, Row> {

    @Override
    public Iterator<Row> call(Iterator<ListFiles.Listed> listed) {
      AtomicLong others = new AtomicLong();
      Iterable<ListFiles.Listed> files = () -> listed;
      return Stream.concat(
              StreamSupport.stream(files.spliterator(), false)
                  .flatMap(file -> row(file, others).stream()),
              Stream.of(others)
                  .map(count -> RowFactory.create(null, null, count.get(), null, null, false)))
          .iterator();
    }

    private static Optional<Row> row(ListFiles.Listed listed, AtomicLong others) {
      ImageFile file = listed.file();
      Optional<Problem> problem = listed.problem();
      if (problem.isPresent()) {
        return Optional.of(row(file, null, problem, false));
      }
      Timestamp modified = new Timestamp(file.modified());
      if (ShardIndex.isShard(file.image())) {
        return Optional.of(row(file, modified, problem, true));
      }
      if (ShardIndex.isForeign(file.image())) {
        return Optional.of(row(file, modified, Optional.of(FOREIGN), false));
      }
      if (FolderListing.isImageName(file.image())) {
        return Optional.of(row(file, modified, problem, false));
      }
      others.incrementAndGet();
      return Optional.empty();
    }

    private static Row row(
        ImageFile file, Timestamp modified, Optional<Problem> problem, boolean shard) {
      return RowFactory.create(
          file.image(),
          modified,
          file.length(),
          problem.map(Problem::reason).map(RejectReason::title).orElse(null),
          problem.map(Problem::error).orElse(null),
          shard);
    }
  }

  /** A shard to a row of {@code puad.shards}; without a time where storage failed. */
  private record Index(
      Broadcast<SerializableConfiguration> hadoop,
      ShardLimits limits,
      Duration patience,
      Timestamp at)
      implements FlatMapFunction<Iterator<ImageFile>, Row> {

    @Override
    public Iterator<Row> call(Iterator<ImageFile> shards) {
      ReadAhead<ImageFile, Row> rows =
          new ReadAhead<>(shards, this::row, this::silent, patience, 1, 1);
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> rows.close());
      return rows;
    }

    private Row row(ImageFile shard, Runnable answered) {
      try {
        ShardIndex index = ShardIndex.read(hadoop.value().value(), shard, limits, answered);
        return row(shard, new Timestamp(shard.modified()), index.entries(), index.problem());
      } catch (IOException e) {
        return failed(
            shard, new Problem(RejectReason.UNREADABLE, "the shard cannot be read: " + e));
      }
    }

    private Row silent(ImageFile shard) {
      return failed(
          shard,
          new Problem(
              RejectReason.TIMEOUT, "the shard cannot be read: " + Problem.silence(patience)));
    }

    private Row failed(ImageFile shard, Problem problem) {
      return row(shard, null, List.of(), Optional.of(problem));
    }

    private Row row(
        ImageFile shard, Timestamp modified, List<ShardEntry> entries, Optional<Problem> problem) {
      return RowFactory.create(
          shard.image(),
          modified,
          shard.length(),
          entries.stream().map(Index::row).toArray(Row[]::new),
          problem.map(Problem::reason).map(RejectReason::title).orElse(null),
          problem.map(Problem::error).orElse(null),
          at);
    }

    private static Row row(ShardEntry entry) {
      return RowFactory.create(
          entry.path(),
          new Timestamp(entry.modified()),
          entry.length(),
          entry.coding().name().toLowerCase(Locale.ROOT),
          entry.offset(),
          entry.stored(),
          entry.problem().map(Problem::reason).map(RejectReason::title).orElse(null),
          entry.problem().map(Problem::error).orElse(null));
    }
  }

  /** A row of {@code puad.shards} to its images, and to itself where it has a problem. */
  private record Entries() implements FlatMapFunction<Row, Row> {

    @Override
    public Iterator<Row> call(Row shard) {
      String name = shard.getAs("shard");
      Stream<Row> images =
          shard.<Row>getList(shard.fieldIndex("entries")).stream()
              .map(
                  entry ->
                      RowFactory.create(
                          ShardIndex.identity(name, entry.getAs("path")),
                          entry.getAs("modified"),
                          entry.getAs("length"),
                          name,
                          shard.getAs("modified"),
                          shard.getAs("length"),
                          entry.getAs("coding"),
                          entry.getAs("offset"),
                          entry.getAs("stored"),
                          entry.getAs("reason"),
                          entry.getAs("error")));
      Stream<Row> itself =
          shard.getAs("reason") == null
              ? Stream.empty()
              : Stream.of(
                  RowFactory.create(
                      name,
                      shard.getAs("modified"),
                      shard.getAs("length"),
                      null,
                      null,
                      null,
                      null,
                      null,
                      null,
                      shard.getAs("reason"),
                      shard.getAs("error")));
      return Stream.concat(images, itself).iterator();
    }
  }
}
