package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.puad.jobs.archive.FileContents;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.model.Sha256;
import dev.puad.model.image.BilinearResize;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.ImageDecoder;
import dev.puad.model.image.RejectedImageException;
import dev.puad.model.image.RgbImage;
import java.io.IOException;
import java.io.Serializable;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** Reads, decodes and resizes images; what cannot be decoded stays, with the reason. */
public final class DecodeImages {

  /**
   * The columns of a listing: {@code image} is the identity, {@code length} the image's own. Of a
   * shard's entry it tells where it lies, and in which state of the shard; of what is known not to
   * be readable, why.
   */
  public static final StructType FILES =
      new StructType()
          .add("image", DataTypes.StringType)
          .add("modified", DataTypes.TimestampType)
          .add("length", DataTypes.LongType)
          .add("shard", DataTypes.StringType)
          .add("shard_modified", DataTypes.TimestampType)
          .add("shard_length", DataTypes.LongType)
          .add("coding", DataTypes.StringType)
          .add("offset", DataTypes.LongType)
          .add("stored", DataTypes.LongType)
          .add("reason", DataTypes.StringType)
          .add("error", DataTypes.StringType);

  /**
   * The columns of decoded images: {@code pixels} are [S, S, 3] bytes, RGB; {@code width} and
   * {@code height} are the file's own; either {@code pixels} or {@code reason} is null.
   */
  public static final StructType DECODED =
      new StructType()
          .add("image", DataTypes.StringType)
          .add("modified", DataTypes.TimestampType)
          .add("length", DataTypes.LongType)
          .add("content_hash", DataTypes.StringType)
          .add("width", DataTypes.IntegerType)
          .add("height", DataTypes.IntegerType)
          .add("pixels", DataTypes.BinaryType)
          .add("reason", DataTypes.StringType)
          .add("error", DataTypes.StringType);

  /** Images a task: few enough to spread, many enough to open a network for. */
  static final int IMAGES_PER_TASK = 32;

  private DecodeImages() {}

  /**
   * A listing as a Dataset with the columns {@link #FILES}, in the order of the URIs. Its
   * partitions depend on the number of files only, so that sums over partitions repeat.
   */
  public static Dataset<Row> files(SparkSession spark, List<ImageFile> files) {
    List<ImageFile> sorted = files.stream().sorted(Comparator.comparing(ImageFile::image)).toList();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return spark.createDataFrame(
        context
            .parallelize(sorted, partitions(sorted))
            .map(
                file ->
                    RowFactory.create(
                        file.image(),
                        new Timestamp(file.modified()),
                        file.length(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null)),
        FILES);
  }

  /**
   * Rows of {@link PlanScoring#FILES} as a Dataset in their order: {@link #IMAGES_PER_TASK} a task,
   * but neighbours in a compressed shard together, since each task would read the shard from its
   * beginning; and each task of one category, since a task keeps every model that it uses.
   */
  static Dataset<Row> tasks(SparkSession spark, List<Row> files) {
    List<List<Row>> tasks = new ArrayList<>();
    Optional<String> last = Optional.empty();
    String category = null;
    for (Row file : files) {
      Optional<String> compressed = EncodedImages.compressedShard(file);
      boolean another = !file.<String>getAs("category").equals(category);
      boolean full =
          compressed.isEmpty()
              && !tasks.isEmpty()
              && tasks.get(tasks.size() - 1).size() == IMAGES_PER_TASK;
      if (another || full || !compressed.equals(last)) {
        tasks.add(new ArrayList<>());
      }
      tasks.get(tasks.size() - 1).add(file);
      last = compressed;
      category = file.getAs("category");
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return spark.createDataFrame(
        context.parallelize(tasks, tasks.size()).flatMap(List::iterator), files.get(0).schema());
  }

  private static int partitions(List<?> files) {
    return Math.max(1, (files.size() + IMAGES_PER_TASK - 1) / IMAGES_PER_TASK);
  }

  /** {@link #FILES} to {@link #DECODED}, with images resized to a side of {@code size} pixels. */
  public static Dataset<Row> decode(Dataset<Row> files, int size, DecodeLimits limits) {
    Decoder decoder = decoder(files.sparkSession(), limits);
    MapFunction<Row, Row> decode = file -> decoder.decode(file, size);
    return files.map(decode, Encoders.row(DECODED));
  }

  /** A decoder on its way to executors. */
  static Decoder decoder(SparkSession spark, DecodeLimits limits) {
    return new Decoder(hadoop(spark), limits);
  }

  /** Files of folders with all columns of {@link #FILES}: null where they do without. */
  static Dataset<Row> loose(Dataset<Row> files) {
    List<String> given = Arrays.asList(files.columns());
    return files.select(
        Stream.of(FILES.fields())
            .map(
                column ->
                    given.contains(column.name())
                        ? col(column.name())
                        : lit(null).cast(column.dataType()).as(column.name()))
            .toArray(Column[]::new));
  }

  /** The session's Hadoop configuration, for executors. */
  static Broadcast<SerializableConfiguration> hadoop(SparkSession spark) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .broadcast(new SerializableConfiguration(spark.sessionState().newHadoopConf()));
  }

  /**
   * One image, at its own size.
   *
   * @throws IOException if the storage fails, which says nothing of the image
   * @throws RejectedImageException if it cannot be decoded
   */
  public static RgbImage rgb(Configuration hadoop, String image, DecodeLimits limits)
      throws IOException {
    return ImageDecoder.decode(FileContents.bytes(hadoop, image, limits.maxBytes()), limits);
  }

  /** Reads, decodes and resizes images; may be used by several threads. */
  record Decoder(Broadcast<SerializableConfiguration> hadoop, DecodeLimits limits)
      implements Serializable {

    /** The files of a partition with their bytes; the caller closes it. */
    EncodedImages encoded(Iterator<Row> files, Duration patience) {
      return new EncodedImages(files, hadoop.value().value(), limits, patience);
    }

    /** One file, which is no entry of a compressed shard. */
    Row decode(Row file, int size) {
      return decode(EncodedImages.of(file, hadoop.value().value(), limits), size);
    }

    /** One file to a row of {@link #DECODED}. */
    Row decode(EncodedImages.Encoded image, int size) {
      Object[] row = known(image);
      if (row[DECODED.fieldIndex("reason")] != null) {
        return rejected(row, image.file());
      }
      try {
        byte[] encoded = image.bytes();
        row[DECODED.fieldIndex("content_hash")] = Sha256.of(encoded);
        RgbImage decoded = ImageDecoder.decode(encoded, limits);
        row[DECODED.fieldIndex("width")] = decoded.width();
        row[DECODED.fieldIndex("height")] = decoded.height();
        row[DECODED.fieldIndex("pixels")] = BilinearResize.resize(decoded, size, size).pixels();
        return RowFactory.create(row);
      } catch (RejectedImageException e) {
        return rejected(row, image.file(), e);
      }
    }

    /** One file that took too long to a row of {@link #DECODED}. */
    static Row late(EncodedImages.Encoded image, Duration patience) {
      return rejected(known(image), image.file(), image.late(patience));
    }

    private static Object[] known(EncodedImages.Encoded image) {
      Object[] row = new Object[DECODED.size()];
      for (String known : List.of("image", "modified", "length", "reason", "error")) {
        row[DECODED.fieldIndex(known)] = image.file().getAs(known);
      }
      return row;
    }

    private static Row rejected(Object[] row, Row file, RejectedImageException e) {
      boolean storageFailed =
          row[DECODED.fieldIndex("content_hash")] == null && e.getCause() != null;
      row[DECODED.fieldIndex("reason")] = e.reason().title();
      row[DECODED.fieldIndex("error")] = e.getMessage();
      if (storageFailed) {
        // It says nothing of the image: without a time it counts as changed the next time.
        row[DECODED.fieldIndex("modified")] = null;
        return RowFactory.create(row);
      }
      return rejected(row, file);
    }

    /** What becomes of an entry that cannot be read changes with its shard. */
    private static Row rejected(Object[] row, Row file) {
      Timestamp shard = file.getAs("shard_modified");
      if (shard != null) {
        row[DECODED.fieldIndex("modified")] = shard;
      }
      return RowFactory.create(row);
    }
  }
}
