package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.github.luben.zstd.Zstd;
import dev.puad.jobs.table.ModelFamily;
import dev.puad.model.detect.Analysis;
import dev.puad.model.detect.Calibration;
import dev.puad.model.detect.Detector;
import dev.puad.model.detect.HalfMap;
import dev.puad.model.image.Normalization;
import dev.puad.model.image.RgbImage;
import java.io.Serializable;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/** Scores decoded images with one bundle, and shapes the result into the tables' rows. */
public final class ScoreImages {

  /**
   * The columns of scored images; where {@code reason} is set, what follows it but {@code error} is
   * null.
   */
  static final StructType SCORED =
      new StructType()
          .add("image", DataTypes.StringType)
          .add("modified", DataTypes.TimestampType)
          .add("length", DataTypes.LongType)
          .add("content_hash", DataTypes.StringType)
          .add("width", DataTypes.IntegerType)
          .add("height", DataTypes.IntegerType)
          .add("reason", DataTypes.StringType)
          .add("error", DataTypes.StringType)
          .add("picturable", DataTypes.DoubleType)
          .add("unpicturable", DataTypes.DoubleType)
          .add("picturable_z", DataTypes.DoubleType)
          .add("unpicturable_z", DataTypes.DoubleType)
          .add("score", DataTypes.DoubleType)
          .add("anomalous", DataTypes.BooleanType)
          .add("map_offset", DataTypes.FloatType)
          .add("map_scale", DataTypes.FloatType)
          .add("map", DataTypes.BinaryType);

  private ScoreImages() {}

  /** A bundle, ready to score with on executors. */
  record Model(ExecutorDetectors.Sent detector, Calibration calibration, ScoringPlan plan)
      implements Serializable {}

  /** What every row of a run shares. */
  public record Stamp(ModelFamily family, long version, String run, Timestamp at) {}

  /**
   * {@link DecodeImages#FILES} to scored images, which are decoded while others are scored.
   *
   * @param decoder to {@link DecodeImages#DECODED}
   */
  static Dataset<Row> score(
      Dataset<Row> files, MapFunction<Row, Row> decoder, Broadcast<Model> model) {
    return files.mapPartitions(new ScorePartition(decoder, model), Encoders.row(SCORED));
  }

  /** Scored images to rows of {@code puad.scores}. */
  static Dataset<Row> scores(Dataset<Row> scored, Stamp stamp, double threshold) {
    return stamped(scored.where(col("reason").isNull()), stamp)
        .withColumn("threshold", lit(threshold))
        .withColumn("scored_at", lit(stamp.at()))
        .drop("reason", "error", "map_offset", "map_scale", "map");
  }

  /** Scored images to rows of {@code puad.anomaly_maps}. */
  static Dataset<Row> maps(Dataset<Row> scored, Stamp stamp, int side) {
    return stamped(
            scored
                .where(col("reason").isNull())
                .select(
                    col("image"),
                    lit(side).as("width"),
                    lit(side).as("height"),
                    col("map_offset").as("offset"),
                    col("map_scale").as("scale"),
                    col("map")),
            stamp)
        .withColumn("scored_at", lit(stamp.at()));
  }

  /** Rejected images, decoded or scored, to rows of {@code puad.rejects}. */
  public static Dataset<Row> rejects(Dataset<Row> images, Stamp stamp, Column attempts) {
    return stamped(
        images
            .where(col("reason").isNotNull())
            .select(
                col("image"),
                col("modified"),
                col("length"),
                col("reason"),
                col("error"),
                attempts.as("attempts")),
        stamp);
  }

  /** The map of a row of {@code puad.anomaly_maps}, of {@code positions} values, row-major. */
  static float[] map(Row row, int positions) {
    byte[] compressed = row.getAs("map");
    byte[] halves = Zstd.decompress(compressed, 2 * positions);
    return new HalfMap(row.getAs("offset"), row.getAs("scale"), halves).toFloats();
  }

  private static Dataset<Row> stamped(Dataset<Row> rows, Stamp stamp) {
    return rows.withColumn("dataset", lit(stamp.family().dataset()))
        .withColumn("category", lit(stamp.family().category()))
        .withColumn("method", lit(stamp.family().method()))
        .withColumn("version", lit(stamp.version()))
        .withColumn("run", lit(stamp.run()));
  }

  private record ScorePartition(MapFunction<Row, Row> decoder, Broadcast<Model> model)
      implements MapPartitionsFunction<Row, Row> {

    @Override
    public Iterator<Row> call(Iterator<Row> files) {
      if (!files.hasNext()) {
        return files;
      }
      Detector detector = model.value().detector().open();
      int threads = TaskContext.get().cpus();
      ReadAhead<Row, Row> decoded =
          new ReadAhead<>(
              files, this::decode, Math.max(model.value().plan().ahead(), 2 * threads), threads);
      TaskContext.get()
          .addTaskCompletionListener((TaskCompletionListener) context -> decoded.close());
      return new Scores(decoded, detector, model.value());
    }

    private Row decode(Row file) {
      try {
        return decoder.call(file);
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Scores batch by batch, so that a partition never lies in memory as a whole. */
  private static final class Scores implements Iterator<Row> {

    private final Iterator<Row> decoded;
    private final Detector detector;
    private final Model model;
    private Iterator<Row> batch = Collections.emptyIterator();

    Scores(Iterator<Row> decoded, Detector detector, Model model) {
      this.decoded = decoded;
      this.detector = detector;
      this.model = model;
    }

    @Override
    public boolean hasNext() {
      return batch.hasNext() || decoded.hasNext();
    }

    @Override
    public Row next() {
      if (!batch.hasNext()) {
        List<Row> images = new ArrayList<>();
        for (int i = 0; i < model.plan().batch() && decoded.hasNext(); i++) {
          images.add(decoded.next());
        }
        batch = scored(images);
      }
      return batch.next();
    }

    private Iterator<Row> scored(List<Row> images) {
      List<byte[]> pixels = images.stream().map(Scores::pixels).filter(Objects::nonNull).toList();
      Iterator<Analysis> analyses =
          pixels.isEmpty() ? Collections.emptyIterator() : detector.analyze(pixels).iterator();
      return images.stream()
          .map(image -> pixels(image) == null ? rejected(image) : scored(image, analyses.next()))
          .toList()
          .iterator();
    }

    private Row scored(Row image, Analysis analysis) {
      Calibration.Detection found =
          model
              .calibration()
              .detect(
                  analysis,
                  image.getInt(DecodeImages.DECODED.fieldIndex("width")),
                  image.getInt(DecodeImages.DECODED.fieldIndex("height")));
      HalfMap map = HalfMap.of(found.map());
      return row(
          image,
          Stream.of(
              found.scores().picturable(),
              found.scores().unpicturable(),
              found.picturableZ(),
              found.unpicturableZ(),
              found.score(),
              found.anomalous(),
              map.offset(),
              map.scale(),
              Zstd.compress(map.halves())));
    }

    private static Row rejected(Row image) {
      return row(image, Stream.generate(() -> null));
    }

    private static byte[] pixels(Row image) {
      return image.getAs(DecodeImages.DECODED.fieldIndex("pixels"));
    }

    /** Spark hands rows of one partition function to the next without their schema. */
    private static Row row(Row image, Stream<Object> found) {
      Stream<Object> known =
          Stream.of(SCORED.fieldNames())
              .limit(8)
              .map(name -> image.get(DecodeImages.DECODED.fieldIndex(name)));
      return RowFactory.create(Stream.concat(known, found).limit(SCORED.size()).toArray());
    }
  }

  /** Square [S, S, 3] bytes to the networks' input. */
  public static float[] normalized(byte[] pixels) {
    int side = (int) Math.round(Math.sqrt(pixels.length / 3.0));
    return Normalization.normalize(new RgbImage(side, side, pixels));
  }
}
