package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.FileContents;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.model.Sha256;
import dev.puad.model.image.BilinearResize;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.ImageDecoder;
import dev.puad.model.image.RejectedImageException;
import dev.puad.model.image.RgbImage;
import java.io.IOException;
import java.sql.Timestamp;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
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

  /** The columns of a listing. */
  public static final StructType FILES =
      new StructType()
          .add("image", DataTypes.StringType)
          .add("modified", DataTypes.TimestampType)
          .add("length", DataTypes.LongType);

  /**
   * The columns of decoded images: {@code pixels} are [S, S, 3] bytes, RGB; {@code width} and
   * {@code height} are the file's own; either {@code pixels} or {@code reason} is null.
   */
  public static final StructType DECODED =
      FILES
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
    int partitions = Math.max(1, (sorted.size() + IMAGES_PER_TASK - 1) / IMAGES_PER_TASK);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return spark.createDataFrame(
        context
            .parallelize(sorted, partitions)
            .map(
                file ->
                    RowFactory.create(file.image(), new Timestamp(file.modified()), file.length())),
        FILES);
  }

  /** {@link #FILES} to {@link #DECODED}, with images resized to a side of {@code size} pixels. */
  public static Dataset<Row> decode(Dataset<Row> files, int size, DecodeLimits limits) {
    return files.map(decoder(files.sparkSession(), size, limits), Encoders.row(DECODED));
  }

  /** One row of {@link #FILES} to one of {@link #DECODED}; may be used by several threads. */
  static MapFunction<Row, Row> decoder(SparkSession spark, int size, DecodeLimits limits) {
    return new Decode(hadoop(spark), size, limits);
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

  private record Decode(Broadcast<SerializableConfiguration> hadoop, int size, DecodeLimits limits)
      implements MapFunction<Row, Row> {

    @Override
    public Row call(Row file) {
      Object[] row = new Object[DECODED.size()];
      IntStream.range(0, FILES.size()).forEach(i -> row[i] = file.get(i));
      try {
        FileContents.checkLength(file.getLong(2), limits.maxBytes());
        byte[] encoded =
            FileContents.read(hadoop.value().value(), file.getString(0), limits.maxBytes());
        row[DECODED.fieldIndex("content_hash")] = Sha256.of(encoded);
        RgbImage image = ImageDecoder.decode(encoded, limits);
        row[DECODED.fieldIndex("width")] = image.width();
        row[DECODED.fieldIndex("height")] = image.height();
        row[DECODED.fieldIndex("pixels")] = BilinearResize.resize(image, size, size).pixels();
      } catch (RejectedImageException e) {
        if (row[DECODED.fieldIndex("content_hash")] == null && e.getCause() != null) {
          // The storage failed, not the image: without a time it counts as changed the next time.
          row[DECODED.fieldIndex("modified")] = null;
        }
        row[DECODED.fieldIndex("reason")] = e.reason().name().toLowerCase(Locale.ROOT);
        row[DECODED.fieldIndex("error")] = e.getMessage();
      }
      return RowFactory.create(row);
    }
  }
}
