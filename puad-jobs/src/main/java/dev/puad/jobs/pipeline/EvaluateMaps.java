package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;

import dev.puad.model.BadInputException;
import dev.puad.model.dataset.DefectsConfig;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.metric.Precision;
import java.util.OptionalDouble;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;

/** Measures maps of any method, in float32 TIFF files, against a category's ground truth. */
public final class EvaluateMaps {

  private EvaluateMaps() {}

  /**
   * Measures a category. An image's score is the largest value of its map.
   *
   * @throws BadInputException if ground truth in LOCO's layout has no configuration or a wrong one,
   *     or (somewhere among the causes of what Spark throws) a map or mask cannot be read or is not
   *     the size of the other
   */
  public static MeasuredCategory evaluate(
      SparkSession spark, MapsFolder folder, Precision precision, DecodeLimits limits) {
    String category = folder.layout().category();
    DefectsConfig types =
        LabelledImages.defectTypes(
            spark.sessionState().newHadoopConf(),
            category,
            folder.layout().layout(),
            folder.dataset(),
            limits);
    Broadcast<SerializableConfiguration> hadoop = DecodeImages.hadoop(spark);
    Dataset<Row> maps =
        LabelledImages.of(spark, folder.layout().maps(), folder.maps(), folder.dataset())
            .withColumn("map_file", col("file"));
    Dataset<Row> labelled =
        ReadGroundTruth.read(
                MeasureMaps.spread(maps, folder.layout().maps().size()), hadoop, types, limits)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      MeasureMaps.Measured measured =
          MeasureMaps.measure(
              labelled, folder.layout().layout(), new TiffFiles(hadoop, limits), precision);
      return new MeasuredCategory(
          category, OptionalDouble.empty(), measured.state(), measured.localization());
    } finally {
      labelled.unpersist();
    }
  }
}
