package dev.puad.jobs.train;

import static org.apache.spark.sql.functions.col;

import dev.puad.jobs.archive.ImageFile;
import dev.puad.jobs.pipeline.CategoryFolder;
import dev.puad.jobs.pipeline.DecodeImages;
import dev.puad.model.BadInputException;
import dev.puad.model.Sha256;
import dev.puad.model.dataset.CategoryLayout;
import dev.puad.model.image.DecodeLimits;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * A category's training and validation images, decoded and resized by executors and kept there.
 *
 * @param train [image, …, pixels] rows in the order of their URIs
 * @param trainCount how many of them could be decoded
 * @param validation the same of the validation images
 * @param validationCount how many of them could be decoded
 * @param rejected those of either that cannot be decoded
 * @param fingerprint SHA-256 over every image's path and content
 */
record TrainingImages(
    Dataset<Row> train,
    long trainCount,
    Dataset<Row> validation,
    long validationCount,
    Dataset<Row> rejected,
    String fingerprint)
    implements AutoCloseable {

  /**
   * Reads a category's images.
   *
   * @param crossFitBelow with fewer validation images, training images are calibrated by too
   * @throws BadInputException if no training image, or too few validation images, can be decoded
   */
  static TrainingImages read(
      SparkSession spark, CategoryFolder folder, int size, int crossFitBelow, DecodeLimits limits) {
    Dataset<Row> train = decode(spark, folder.files(folder.layout().train()), size, limits);
    Dataset<Row> validation =
        decode(spark, folder.files(folder.layout().validation()), size, limits);
    long trainCount = count(train);
    require(folder, "training", trainCount, 1, "");
    long validationCount = count(validation);
    if (validationCount < crossFitBelow) {
      // One that the networks are not trained on, to tell what they remember of the others.
      require(
          folder,
          "validation",
          validationCount,
          1,
          "; without cross-fitting, %d in validation/good or %d in train/good will do"
              .formatted(crossFitBelow, CategoryLayout.normalImagesToHoldBack(crossFitBelow)));
    } else {
      require(
          folder,
          "validation",
          validationCount,
          2,
          "; without validation/good, %d in train/good will do"
              .formatted(CategoryLayout.normalImagesToHoldBack(2)));
    }
    return new TrainingImages(
        train,
        trainCount,
        validation,
        validationCount,
        train.union(validation).where(col("reason").isNotNull()),
        fingerprint(folder, train.union(validation)));
  }

  /** The pixels of decoded images, [S, S, 3] bytes each, in the order of their URIs. */
  static JavaRDD<byte[]> pixels(Dataset<Row> images) {
    return images
        .where(col("reason").isNull())
        .select("pixels")
        .toJavaRDD()
        .map(row -> row.<byte[]>getAs(0));
  }

  /** Decoded images with the sizes of their files, in the order of their URIs. */
  static JavaRDD<DecodedImage> decoded(Dataset<Row> images) {
    return images
        .where(col("reason").isNull())
        .select("pixels", "width", "height")
        .toJavaRDD()
        .map(row -> new DecodedImage(row.getAs(0), row.getInt(1), row.getInt(2)));
  }

  /** One partition a worker, dealt out like cards; kept where it was made. */
  JavaRDD<TrainingShard> shards(int workers) {
    return pixels(train)
        .zipWithIndex()
        .mapToPair(image -> new Tuple2<>((int) (image._2() % workers), image))
        .partitionBy(new HashPartitioner(workers))
        .mapPartitions(
            dealt -> {
              List<Tuple2<byte[], Long>> images = new ArrayList<>();
              dealt.forEachRemaining(image -> images.add(image._2()));
              images.sort(Comparator.comparing(Tuple2::_2));
              return List.of(new TrainingShard(images.stream().map(Tuple2::_1).toList()))
                  .iterator();
            })
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  @Override
  public void close() {
    train.unpersist();
    validation.unpersist();
  }

  private static Dataset<Row> decode(
      SparkSession spark, List<ImageFile> files, int size, DecodeLimits limits) {
    return DecodeImages.decode(DecodeImages.files(spark, files), size, limits)
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  private static long count(Dataset<Row> images) {
    return images.where(col("reason").isNull()).count();
  }

  private static void require(
      CategoryFolder folder, String split, long decoded, int least, String enough) {
    if (decoded < least) {
      throw new BadInputException(
          "Cannot use category %s: %d of its %s images can be read, at least %d must. Add images%s."
              .formatted(folder.name(), decoded, split, least, enough));
    }
  }

  private static String fingerprint(CategoryFolder folder, Dataset<Row> images) {
    int prefix = folder.listing().root().length() + 1;
    MessageDigest digest = Sha256.digest();
    for (Row row : images.select("image", "content_hash").orderBy("image").collectAsList()) {
      String line = row.getString(0).substring(prefix) + " " + row.getString(1) + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
