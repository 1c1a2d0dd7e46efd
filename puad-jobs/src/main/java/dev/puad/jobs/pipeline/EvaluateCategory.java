package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.row_number;

import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.ModelRow;
import dev.puad.jobs.table.Tables;
import dev.puad.model.BadInputException;
import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.dataset.CategoryLayout;
import dev.puad.model.dataset.DefectsConfig;
import dev.puad.model.dataset.GroundTruthRegion;
import dev.puad.model.dataset.Layout;
import dev.puad.model.dataset.TestImage;
import dev.puad.model.image.BilinearMap;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.GreyImage;
import dev.puad.model.image.ImageDecoder;
import dev.puad.model.image.RejectedImageException;
import dev.puad.model.metric.EvaluationState;
import dev.puad.model.metric.Region;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Joins a category's scores and maps with its ground truth and measures both.
 *
 * <p>Scores are joined by the path relative to the category's folder, so a data set may have moved
 * since it was scored.
 */
public final class EvaluateCategory {

  private static final StructType TEST_IMAGES =
      new StructType()
          .add("relative", DataTypes.StringType)
          .add("kind", DataTypes.StringType)
          .add("defect", DataTypes.StringType)
          .add("ground_truth", DataTypes.createArrayType(DataTypes.StringType));

  private EvaluateCategory() {}

  /**
   * What to evaluate.
   *
   * @param folder the category's, with ground truth
   * @param model whose scores
   * @param bits the resolution of anomaly values, see {@link EvaluationState}
   * @param limits what ground truth files may be
   */
  public record Request(CategoryFolder folder, ModelRow model, int bits, DecodeLimits limits) {}

  /**
   * Measures a category; images that were rejected take no part.
   *
   * @throws BadInputException if the folder has no test images, one of them has neither a score nor
   *     a reject, or ground truth in LOCO's layout has no configuration or a wrong one
   */
  public static EvaluationState evaluate(Lake lake, Request request) {
    SparkSession spark = lake.spark();
    CategoryFolder folder = request.folder();
    if (folder.layout().test().isEmpty()) {
      throw new BadInputException(
          "Cannot evaluate category %s: it has no test images below %s. Add test/good and others."
              .formatted(folder.name(), folder.listing().root()));
    }
    Dataset<Row> tests = testImages(spark, folder);
    Column model = request.model().family().rows(request.model().version());
    Dataset<Row> scores =
        closest(byRelativePath(lake.read(Tables.SCORES).where(model)), folder.listing().root());
    Dataset<Row> rejects = byRelativePath(lake.read(Tables.REJECTS).where(model));
    requireScores(tests, scores.unionByName(rejects, true), request);
    Dataset<Row> maps =
        lake.read(Tables.ANOMALY_MAPS)
            .where(model)
            .select(
                col("image"),
                col("width").as("map_width"),
                col("height").as("map_height"),
                col("offset"),
                col("scale"),
                col("map"));
    Dataset<Row> joined =
        tests
            .join(scores, new String[] {"relative"}, "inner")
            .join(maps, new String[] {"image"}, "left")
            .orderBy("relative");
    Measure measure =
        new Measure(
            DecodeImages.hadoop(spark),
            folder.layout().layout() == Layout.LOCO ? defectTypes(spark, request) : null,
            request.limits());
    int bits = request.bits();
    return OrderedTree.aggregate(
        joined.toJavaRDD(),
        new OrderedTree.Aggregator<>(
            () -> new EvaluationState(bits), measure::add, EvaluationState::mergeWith));
  }

  private static Dataset<Row> testImages(SparkSession spark, CategoryFolder folder) {
    Map<String, ImageFile> files = folder.byRelativePath();
    List<Row> rows = new ArrayList<>();
    for (TestImage test : folder.layout().test()) {
      rows.add(
          RowFactory.create(
              files.get(test.path()).image().substring(folder.listing().root().length() + 1),
              test.kind().name(),
              test.defect(),
              test.groundTruths().stream()
                  .map(truth -> files.get(truth).image())
                  .toArray(String[]::new)));
    }
    return spark.createDataFrame(rows, TEST_IMAGES);
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

  /** The defect types of a category in LOCO's layout, read once for all masks. */
  private static DefectsConfig defectTypes(SparkSession spark, Request request) {
    CategoryFolder folder = request.folder();
    ImageFile config = folder.byRelativePath().get(CategoryLayout.DEFECTS_CONFIG);
    if (config == null) {
      throw new BadInputException(
          "Cannot evaluate category %s: it has no %s in %s. Copy it from the data set."
              .formatted(folder.name(), CategoryLayout.DEFECTS_CONFIG, folder.listing().root()));
    }
    try {
      byte[] bytes =
          DecodeImages.read(
              spark.sessionState().newHadoopConf(), config.image(), request.limits().maxBytes());
      return DefectsConfig.parse(config.image(), new ByteArrayInputStream(bytes));
    } catch (RejectedImageException e) {
      throw new BadInputException(
          "Cannot read %s: %s. Replace the file.".formatted(config.image(), e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads one joined row's ground truth and adds it to a state.
   *
   * @param types null in MVTec AD's layout, whose masks tell none
   */
  private record Measure(
      Broadcast<SerializableConfiguration> hadoop, DefectsConfig types, DecodeLimits limits)
      implements Serializable {

    EvaluationState add(EvaluationState state, Row row) {
      int width = row.getAs("width");
      int height = row.getAs("height");
      if (row.getAs("map") == null) {
        throw new IllegalStateException(row.getAs("image") + " has a score but no map");
      }
      int mapWidth = row.getAs("map_width");
      int mapHeight = row.getAs("map_height");
      float[] map =
          BilinearMap.resize(
              ScoreImages.map(row, mapWidth * mapHeight), mapHeight, mapWidth, height, width);
      Map<String, Double> scores = new LinkedHashMap<>();
      scores.put("picturable", row.getAs("picturable"));
      scores.put("unpicturable", row.getAs("unpicturable"));
      scores.put("combined", row.getAs("score"));
      List<Region> regions = new ArrayList<>();
      for (String truth : row.<String>getList(row.fieldIndex("ground_truth"))) {
        regions.addAll(regions(truth, row.getAs("defect"), width, height));
      }
      AnomalyKind kind = AnomalyKind.valueOf(row.getAs("kind"));
      return state.add(kind, scores, map, regions);
    }

    private List<Region> regions(String truth, String defect, int width, int height) {
      GreyImage mask;
      try {
        mask =
            ImageDecoder.decodeGrey(
                DecodeImages.read(hadoop.value().value(), truth, limits.maxBytes()), limits);
      } catch (RejectedImageException e) {
        throw new BadInputException(
            "Cannot read ground truth %s: %s. Replace the file.".formatted(truth, e.getMessage()),
            e);
      }
      if (mask.width() != width || mask.height() != height) {
        throw new BadInputException(
            "Cannot use ground truth %s: it has %d x %d pixels, but its image %d x %d."
                .formatted(truth, mask.width(), mask.height(), width, height));
      }
      List<GroundTruthRegion> regions =
          types == null
              ? GroundTruthRegion.ofMvtecMask(truth, mask, defect)
              : List.of(GroundTruthRegion.ofLocoMask(truth, mask, types));
      return regions.stream()
          .map(region -> new Region(region.pixels(), region.saturation()))
          .toList();
    }
  }
}
