package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.row_number;

import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.ModelRow;
import dev.puad.jobs.table.Tables;
import dev.puad.model.BadInputException;
import dev.puad.model.dataset.CategoryLayout;
import dev.puad.model.dataset.TestImage;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.metric.Precision;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;

/**
 * Joins a category's scores and maps with its ground truth and measures both.
 *
 * <p>Scores are joined by the path relative to the category's folder, so a data set may have moved
 * since it was scored.
 */
public final class EvaluateCategory {

  private EvaluateCategory() {}

  /**
   * What to evaluate.
   *
   * @param folder the category's, with ground truth
   * @param model whose scores
   * @param precision how precisely areas are wanted
   * @param limits what ground truth files may be
   */
  public record Request(
      CategoryFolder folder, ModelRow model, Precision precision, DecodeLimits limits) {}

  /**
   * Measures a category; images that were rejected take no part. Where no anomalous image has
   * ground truth, only scores are measured.
   *
   * @throws BadInputException if the folder has no test images, one of them has neither a score nor
   *     a reject, only some have ground truth, or ground truth in LOCO's layout has no
   *     configuration or a wrong one
   */
  public static MeasuredCategory evaluate(Lake lake, Request request) {
    CategoryLayout layout = request.folder().layout();
    Dataset<Row> labelled = labelled(lake, request).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      MeasureMaps.Measured measured =
          MeasureMaps.measure(labelled, layout.layout(), new StoredMaps(), request.precision());
      return new MeasuredCategory(
          layout.category(), threshold(labelled), measured.state(), measured.localization());
    } finally {
      labelled.unpersist();
    }
  }

  /**
   * Writes the maps of a category's test images as float32 TIFF, at the size of the images, to
   * {@code <folder>/<category>/test/<kind>/<id>.tiff}, where the official evaluation reads them.
   *
   * @param folder a local path or the URI of any Hadoop file system
   * @return how many
   * @throws BadInputException as {@link #evaluate}, or if the folder cannot be written
   */
  public static long writeMaps(Lake lake, Request request, String folder) {
    return WriteMaps.write(
        scored(lake, request), new StoredMaps(), folder, request.folder().name());
  }

  /** The scores and maps with their ground truth. */
  private static Dataset<Row> labelled(Lake lake, Request request) {
    SparkSession spark = lake.spark();
    CategoryFolder folder = request.folder();
    CategoryLayout layout = folder.layout();
    return ReadGroundTruth.read(
        scored(lake, request),
        DecodeImages.hadoop(spark),
        layout.annotated()
            ? LabelledImages.defectTypes(
                spark.sessionState().newHadoopConf(),
                folder.name(),
                layout.layout(),
                folder.listing(),
                request.limits())
            : null,
        request.limits());
  }

  /** The scores and maps of the test images, which all have one. */
  private static Dataset<Row> scored(Lake lake, Request request) {
    SparkSession spark = lake.spark();
    CategoryFolder folder = request.folder();
    List<TestImage> images = folder.layout().test();
    requireTestImages(folder);
    requireGroundTruth(folder);
    Dataset<Row> tests =
        LabelledImages.of(spark, images, folder.listing(), folder.listing()).drop("file");
    Column model = request.model().family().rows(request.model().version());
    Dataset<Row> scores =
        closest(byRelativePath(lake.read(Tables.SCORES).where(model)), folder.listing().root());
    Dataset<Row> rejects = byRelativePath(lake.read(Tables.REJECTS).where(model));
    requireScores(tests, scores.unionByName(rejects, true), request);
    return StoredMaps.join(lake, model, tests.join(scores, "relative"))
        .repartition(MeasureMaps.partitions(spark, images.size()));
  }

  private static void requireTestImages(CategoryFolder folder) {
    if (folder.layout().test().isEmpty()) {
      throw new BadInputException(
          "Cannot evaluate category %s: it has no test images below %s. Add test/good and others."
              .formatted(folder.name(), folder.listing().root()));
    }
  }

  private static void requireGroundTruth(CategoryFolder folder) {
    CategoryLayout layout = folder.layout();
    if (layout.annotated()) {
      layout
          .firstUnannotated()
          .ifPresent(
              image -> {
                throw new BadInputException(
                    "Cannot evaluate category %s: the ground truth of %s is missing. Add %s to %s."
                        .formatted(
                            folder.name(),
                            image.path(),
                            image.groundTruthPath(layout.layout()),
                            folder.listing().root()));
              });
    }
  }

  /** All scores of a version were judged by the same threshold. */
  private static OptionalDouble threshold(Dataset<Row> scored) {
    List<Row> first = scored.select("threshold").limit(1).collectAsList();
    return first.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(first.get(0).getDouble(0));
  }

  /** Adds {@code relative}: test/…/…, still percent-encoded as in the image's URI. */
  private static Dataset<Row> byRelativePath(Dataset<Row> rows) {
    return rows.withColumn("relative", regexp_extract(col("image"), "/(test/[^/]+/[^/]+)$", 1));
  }

  /** Of an image that was scored at several places, the score of this folder's, else the latest. */
  private static Dataset<Row> closest(Dataset<Row> scores, String root) {
    return scores
        .withColumn(
            "rank",
            row_number()
                .over(
                    Window.partitionBy("relative")
                        .orderBy(
                            col("image").startsWith(root + "/").desc(),
                            col("scored_at").desc(),
                            col("image"))))
        .where(col("rank").equalTo(1))
        .drop("rank");
  }

  private static void requireScores(Dataset<Row> tests, Dataset<Row> seen, Request request) {
    List<Row> missing =
        tests
            .join(seen, new String[] {"relative"}, "left_anti")
            .orderBy("relative")
            .collectAsList();
    if (!missing.isEmpty()) {
      String category = request.folder().name();
      throw new BadInputException(
          ("Cannot evaluate category %s: %d of its test images have no score by version %d, the"
                  + " first is %s. Run: puad score --images %s/test --category %s --version %d")
              .formatted(
                  category,
                  missing.size(),
                  request.model().version(),
                  missing.get(0).getString(0),
                  request.folder().listing().root(),
                  category,
                  request.model().version()));
    }
  }
}
