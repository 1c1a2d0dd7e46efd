package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.FolderWalk;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.jobs.archive.Problem;
import dev.puad.jobs.archive.ShardEntry;
import dev.puad.jobs.archive.ShardIndex;
import dev.puad.jobs.archive.ShardLimits;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import dev.puad.model.image.RejectReason;
import java.io.IOException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function;
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

  /** So many tasks, where an archive's first levels have as many folders. */
  private static final int PARTS = 64;

  /** And no more, however many there are. */
  private static final int TASKS = 4 * PARTS;

  private static final StructType FILE =
      new StructType()
          .add("image", DataTypes.StringType)
          .add("modified", DataTypes.TimestampType)
          .add("length", DataTypes.LongType)
          .add("shard", DataTypes.BooleanType);

  private final Lake lake;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final ShardLimits limits;

  private ListArchive(Lake lake, ShardLimits limits) {
    this.lake = lake;
    this.hadoop = DecodeImages.hadoop(lake.spark());
    this.limits = limits;
  }

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
   * @return the columns {@link DecodeImages#FILES} without a category; also for each shard that
   *     cannot be read to its end a row of its own, with the reason
   */
  public static Dataset<Row> list(Lake lake, String root, ShardLimits limits, Indices indices) {
    return new ListArchive(lake, limits).list(root, indices);
  }

  private Dataset<Row> list(String root, Indices indices) {
    Dataset<Row> files = files(root);
    Dataset<Row> images = files.where("not shard").drop("shard");
    Dataset<Row> shards = files.where("shard").drop("shard").withColumnRenamed("image", "shard");
    return DecodeImages.loose(images).unionByName(entries(shards, indices));
  }

  /** Images and shards, told apart. */
  private Dataset<Row> files(String root) {
    SparkSession spark = lake.spark();
    List<FolderWalk.Part> parts =
        FolderWalk.parts(spark.sessionState().newHadoopConf(), root, PARTS);
    return spark.createDataFrame(
        context().parallelize(parts, Math.min(parts.size(), TASKS)).flatMap(new Walk(hadoop, root)),
        FILE);
  }

  private Dataset<Row> entries(Dataset<Row> shards, Indices indices) {
    String[] state = {"shard", "modified", "length"};
    Dataset<Row> known = lake.read(Tables.SHARDS);
    List<Row> unknown = shards.join(known, state, "left_anti").collectAsList();
    Dataset<Row> all = known.join(shards, state, "left_semi");
    if (!unknown.isEmpty()) {
      // An RDD is forgotten once nobody knows it; a cached Dataset would stay.
      JavaRDD<Row> read =
          context()
              .parallelize(unknown, unknown.size())
              .map(ListArchive::shard)
              .map(new Index(hadoop, limits, Timestamp.from(Instant.now())))
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

  private record Walk(Broadcast<SerializableConfiguration> hadoop, String root)
      implements FlatMapFunction<FolderWalk.Part, Row> {

    @Override
    public Iterator<Row> call(FolderWalk.Part part) {
      FolderWalk walk = FolderWalk.of(hadoop.value().value(), part);
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> walk.close());
      Iterable<ImageFile> files = () -> walk;
      return StreamSupport.stream(files.spliterator(), false)
          .filter(file -> !FolderListing.isHidden(FolderListing.relative(root, file.image())))
          .filter(
              file -> ShardIndex.isShard(file.image()) || FolderListing.isImageName(file.image()))
          .map(
              file ->
                  RowFactory.create(
                      file.image(),
                      new Timestamp(file.modified()),
                      file.length(),
                      ShardIndex.isShard(file.image())))
          .iterator();
    }
  }

  /** A shard to a row of {@code puad.shards}; without a time where storage failed. */
  private record Index(
      Broadcast<SerializableConfiguration> hadoop, ShardLimits limits, Timestamp at)
      implements Function<ImageFile, Row> {

    @Override
    public Row call(ImageFile shard) {
      Timestamp modified = new Timestamp(shard.modified());
      try {
        ShardIndex index = ShardIndex.read(hadoop.value().value(), shard, limits);
        return row(shard, modified, index.entries(), index.problem());
      } catch (IOException e) {
        Problem failed = new Problem(RejectReason.UNREADABLE, "the shard cannot be read: " + e);
        return row(shard, null, List.of(), Optional.of(failed));
      }
    }

    private Row row(
        ImageFile shard, Timestamp modified, List<ShardEntry> entries, Optional<Problem> problem) {
      return RowFactory.create(
          shard.image(),
          modified,
          shard.length(),
          entries.stream().map(Index::row).toArray(Row[]::new),
          problem.map(Index::reason).orElse(null),
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
          entry.problem().map(Index::reason).orElse(null),
          entry.problem().map(Problem::error).orElse(null));
    }

    private static String reason(Problem problem) {
      return problem.reason().name().toLowerCase(Locale.ROOT);
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
                      shard.getAs("reason"),
                      shard.getAs("error")));
      return Stream.concat(images, itself).iterator();
    }
  }
}
