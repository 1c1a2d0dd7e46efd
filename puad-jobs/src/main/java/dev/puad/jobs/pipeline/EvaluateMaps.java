package dev.puad.jobs.pipeline;

import dev.puad.model.BadInputException;
import dev.puad.model.dataset.DefectsConfig;
import dev.puad.model.dataset.MapsLayout;
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
   *     or a map or mask cannot be read or is not the size of the other
   */
  public static MeasuredCategory evaluate(
      SparkSession spark, MapsFolder folder, Precision precision, DecodeLimits limits) {
    Broadcast<SerializableConfiguration> hadoop = DecodeImages.hadoop(spark);
    Dataset<Row> labelled =
        labelled(spark, folder, hadoop, limits).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      MeasureMaps.Measured measured =
          MeasureMaps.measure(
              labelled, folder.layout().layout(), new TiffFiles(hadoop, limits), precision);
      return new MeasuredCategory(
          folder.layout().category(),
          OptionalDouble.empty(),
          measured.state(),
          measured.localization());
    } finally {
      labelled.unpersist();
    }
  }

  /** The maps' files with their ground truth. */
  static Dataset<Row> labelled(
      SparkSession spark,
      MapsFolder folder,
      Broadcast<SerializableConfiguration> hadoop,
      DecodeLimits limits) {
    MapsLayout layout = folder.layout();
    DefectsConfig types =
        LabelledImages.defectTypes(
            spark.sessionState().newHadoopConf(),
            layout.category(),
            layout.layout(),
            folder.dataset(),
            limits);
    Dataset<Row> maps = LabelledImages.of(spark, layout.maps(), folder.maps(), folder.dataset());
    return ReadGroundTruth.read(maps, hadoop, types, limits);
  }
}
