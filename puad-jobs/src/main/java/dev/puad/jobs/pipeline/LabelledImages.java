package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.FileContents;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.model.BadInputException;
import dev.puad.model.dataset.CategoryLayout;
import dev.puad.model.dataset.DefectsConfig;
import dev.puad.model.dataset.Layout;
import dev.puad.model.dataset.TestImage;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.RejectedImageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A category's test images, or the maps of them, with what its folder says of each. */
final class LabelledImages {

  /**
   * The columns: {@code file} and {@code ground_truth} are URIs, {@code relative} is the end of the
   * former, {@code kind} an {@link dev.puad.model.dataset.AnomalyKind}, {@code defect} the folder.
   */
  private static final StructType SCHEMA =
      new StructType()
          .add("relative", DataTypes.StringType)
          .add("file", DataTypes.StringType)
          .add("kind", DataTypes.StringType)
          .add("defect", DataTypes.StringType)
          .add("ground_truth", DataTypes.createArrayType(DataTypes.StringType));

  private LabelledImages() {}

  /**
   * A row for each image, dealt to as many partitions as can be worked on at once.
   *
   * @param images with paths relative to {@code files}, and masks relative to {@code truths}
   */
  static Dataset<Row> of(
      SparkSession spark, List<TestImage> images, FolderListing files, FolderListing truths) {
    Map<String, ImageFile> file = files.byRelativePath();
    Map<String, ImageFile> truth = truths.byRelativePath();
    int partitions = MeasureMaps.partitions(spark, images.size());
    List<Row> rows = new ArrayList<>();
    for (TestImage image : images) {
      String uri = file.get(image.path()).image();
      rows.add(
          RowFactory.create(
              uri.substring(files.root().length() + 1),
              uri,
              image.kind().name(),
              image.defect(),
              image.groundTruths().stream()
                  .map(path -> truth.get(path).image())
                  .toArray(String[]::new)));
    }
    return spark.createDataFrame(
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(dealt(rows, partitions), partitions),
        SCHEMA);
  }

  /** Neighbours go to different partitions: they are alike, and some kinds take longer. */
  private static List<Row> dealt(List<Row> rows, int partitions) {
    List<Row> dealt = new ArrayList<>();
    for (int partition = 0; partition < partitions; partition++) {
      for (int i = partition; i < rows.size(); i += partitions) {
        dealt.add(rows.get(i));
      }
    }
    return dealt;
  }

  /**
   * The defect types of a category; null in MVTec AD's layout, which has none.
   *
   * @throws BadInputException if LOCO's configuration is missing or wrong
   */
  static DefectsConfig defectTypes(
      Configuration hadoop,
      String category,
      Layout layout,
      FolderListing folder,
      DecodeLimits limits) {
    if (layout == Layout.MVTEC_AD) {
      return null;
    }
    ImageFile file = folder.byRelativePath().get(CategoryLayout.DEFECTS_CONFIG);
    if (file == null) {
      throw new BadInputException(
          "Cannot evaluate category %s: it has no %s in %s. Copy it from the data set."
              .formatted(category, CategoryLayout.DEFECTS_CONFIG, folder.root()));
    }
    String config = file.image();
    try {
      byte[] bytes = FileContents.read(hadoop, config, limits.maxBytes());
      return DefectsConfig.parse(config, new ByteArrayInputStream(bytes));
    } catch (RejectedImageException e) {
      throw new BadInputException(
          "Cannot read %s: %s. Replace the file.".formatted(config, e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
