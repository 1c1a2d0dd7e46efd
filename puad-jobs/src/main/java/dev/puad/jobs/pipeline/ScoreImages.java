package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.github.luben.zstd.Zstd;
import dev.puad.model.detect.Analysis;
import dev.puad.model.detect.Calibration;
import dev.puad.model.detect.Detector;
import dev.puad.model.detect.HalfMap;
import dev.puad.model.image.Normalization;
import dev.puad.model.image.RgbImage;
import java.io.Serializable;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.TaskCompletionListener;

/** Scores images, each with its category's bundle, and shapes the result into the tables' rows. */
public final class ScoreImages {

  /**
   * The columns of scored images; where {@code reason} is set, what follows {@code version} is
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
          .add("category", DataTypes.StringType)
          .add("version", DataTypes.LongType)
          .add("picturable", DataTypes.DoubleType)
          .add("unpicturable", DataTypes.DoubleType)
          .add("picturable_z", DataTypes.DoubleType)
          .add("unpicturable_z", DataTypes.DoubleType)
          .add("score", DataTypes.DoubleType)
          .add("threshold", DataTypes.DoubleType)
          .add("anomalous", DataTypes.BooleanType)
          .add("map_side", DataTypes.IntegerType)
          .add("map_offset", DataTypes.FloatType)
          .add("map_scale", DataTypes.FloatType)
          .add("map", DataTypes.BinaryType);

  private ScoreImages() {}

  /** A bundle, ready to score with on executors. */
  record Model(
      ExecutorDetectors.Sent detector, Calibration calibration, ScoringPlan plan, long version)
      implements Serializable {}

  /** What every row of a run shares. */
  public record Stamp(String dataset, String method, String run, Timestamp at) {}

  /**
   * {@link PlanScoring#FILES} to scored images, which are decoded while others are scored.
   *
   * @param patience how long reading or decoding one image may take
   * @param models by category; images of one category are best neighbours
   * @param done counts the images, those that are rejected too
   */
  static Dataset<Row> score(
      Dataset<Row> files,
      DecodeImages.Decoder decoder,
      Duration patience,
      Map<String, Broadcast<Model>> models,
      LongAccumulator done) {
    return files.mapPartitions(
        new ScorePartition(decoder, patience, new HashMap<>(models), done), Encoders.row(SCORED));
  }

  /** Scored images to rows of {@code puad.scores}. */
  static Dataset<Row> scores(Dataset<Row> scored, Stamp stamp) {
    return stamped(scored.where(col("reason").isNull()), stamp)
        .withColumn("scored_at", lit(stamp.at()))
        .drop("reason", "error", "map_side", "map_offset", "map_scale", "map");
  }

  /** Scored images to rows of {@code puad.anomaly_maps}. */
  static Dataset<Row> maps(Dataset<Row> scored, Stamp stamp) {
    return stamped(
            scored
                .where(col("reason").isNull())
                .select(
                    col("image"),
                    col("category"),
                    col("version"),
                    col("map_side").as("width"),
                    col("map_side").as("height"),
                    col("map_offset").as("offset"),
                    col("map_scale").as("scale"),
                    col("map")),
            stamp)
        .withColumn("scored_at", lit(stamp.at()));
  }

  /** Rejected images, decoded or scored, with category and version, to {@code puad.rejects}. */
  public static Dataset<Row> rejects(Dataset<Row> images, Stamp stamp, Column attempts) {
    return stamped(
        images
            .where(col("reason").isNotNull())
            .select(
                col("image"),
                col("modified"),
                col("length"),
                col("category"),
                col("version"),
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
    return rows.withColumn("dataset", lit(stamp.dataset()))
        .withColumn("method", lit(stamp.method()))
        .withColumn("run", lit(stamp.run()));
  }

  private record ScorePartition(
      DecodeImages.Decoder decoder,
      Duration patience,
      HashMap<String, Broadcast<Model>> models,
      LongAccumulator done)
      implements MapPartitionsFunction<Row, Row> {

    @Override
    public Iterator<Row> call(Iterator<Row> files) {
      if (!files.hasNext()) {
        return files;
      }
      int threads = TaskContext.get().cpus();
      int ahead =
          models.values().stream()
              .mapToInt(model -> model.value().plan().ahead())
              .max()
              .orElseThrow();
      EncodedImages encoded = decoder.encoded(files, patience);
      ReadAhead<EncodedImages.Encoded, Decoded> decoded =
          new ReadAhead<>(
              encoded,
              (image, progress) -> decode(image),
              image -> new Decoded(category(image), DecodeImages.Decoder.late(image, patience)),
              patience,
              Math.max(ahead, 2 * threads),
              threads);
      TaskContext.get()
          .addTaskCompletionListener(
              (TaskCompletionListener)
                  context -> {
                    decoded.close();
                    encoded.close();
                  });
      return new Scores(decoded, models, done);
    }

    private Decoded decode(EncodedImages.Encoded image) {
      String category = category(image);
      int size = models.get(category).value().calibration().scorer().imageSize();
      return new Decoded(category, decoder.decode(image, size));
    }

    private static String category(EncodedImages.Encoded image) {
      return image.file().getAs("category");
    }
  }

  /** A row of {@link DecodeImages#DECODED}, and what it is an image of. */
  private record Decoded(String category, Row row) {

    byte[] pixels() {
      return row.getAs(DecodeImages.DECODED.fieldIndex("pixels"));
    }
  }

  /** Scores batch by batch, so that a partition never lies in memory as a whole. */
  private static final class Scores implements Iterator<Row> {

    private final Iterator<Decoded> decoded;
    private final Map<String, Broadcast<Model>> models;
    private final LongAccumulator done;
    private Iterator<Row> batch = Collections.emptyIterator();
    private Decoded next;
    private String category;
    private Model model;
    private Detector detector;

    Scores(Iterator<Decoded> decoded, Map<String, Broadcast<Model>> models, LongAccumulator done) {
      this.decoded = decoded;
      this.models = models;
      this.done = done;
    }

    @Override
    public boolean hasNext() {
      return batch.hasNext() || next != null || decoded.hasNext();
    }

    @Override
    public Row next() {
      if (!batch.hasNext()) {
        batch = scored(neighbours());
      }
      done.add(1);
      return batch.next();
    }

    /** The next images of one category, as many as one inference takes. */
    private List<Decoded> neighbours() {
      if (next == null) {
        next = decoded.next();
      }
      use(next.category());
      List<Decoded> images = new ArrayList<>();
      while (next != null
          && next.category().equals(category)
          && images.size() < model.plan().batch()) {
        images.add(next);
        next = decoded.hasNext() ? decoded.next() : null;
      }
      return images;
    }

    private void use(String wanted) {
      if (!wanted.equals(category)) {
        category = wanted;
        model = models.get(wanted).value();
        detector = model.detector().open();
      }
    }

    private Iterator<Row> scored(List<Decoded> images) {
      List<byte[]> pixels = images.stream().map(Decoded::pixels).filter(Objects::nonNull).toList();
      Iterator<Analysis> analyses =
          pixels.isEmpty() ? Collections.emptyIterator() : detector.analyze(pixels).iterator();
      return images.stream()
          .map(image -> image.pixels() == null ? rejected(image) : scored(image, analyses.next()))
          .toList()
          .iterator();
    }

    private Row scored(Decoded image, Analysis analysis) {
      Calibration.Detection found =
          model
              .calibration()
              .detect(
                  analysis,
                  image.row().getInt(DecodeImages.DECODED.fieldIndex("width")),
                  image.row().getInt(DecodeImages.DECODED.fieldIndex("height")));
      HalfMap map = HalfMap.of(found.map());
      return row(
          image,
          Stream.of(
              found.scores().picturable(),
              found.scores().unpicturable(),
              found.picturableZ(),
              found.unpicturableZ(),
              found.score(),
              model.calibration().threshold(),
              found.anomalous(),
              model.calibration().scorer().mapSize(),
              map.offset(),
              map.scale(),
              Zstd.compress(map.halves())));
    }

    private Row rejected(Decoded image) {
      return row(image, Stream.generate(() -> null));
    }

    /** Spark hands rows of one partition function to the next without their schema. */
    private Row row(Decoded image, Stream<Object> found) {
      Stream<Object> known =
          Stream.of(SCORED.fieldNames())
              .limit(8)
              .map(name -> image.row().get(DecodeImages.DECODED.fieldIndex(name)));
      Stream<Object> judged = Stream.of(category, model.version());
      return RowFactory.create(
          Stream.of(known, judged, found).flatMap(values -> values).limit(SCORED.size()).toArray());
    }
  }

  /** Square [S, S, 3] bytes to the networks' input. */
  public static float[] normalized(byte[] pixels) {
    int side = (int) Math.round(Math.sqrt(pixels.length / 3.0));
    return Normalization.normalize(new RgbImage(side, side, pixels));
  }
}
