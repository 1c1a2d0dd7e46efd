package dev.puad.jobs.pipeline;

import dev.puad.model.image.FloatMap;
import java.io.Serializable;
import java.util.Map;
import org.apache.spark.sql.Row;

/** Where an evaluation's anomaly maps come from. */
interface MapSource extends Serializable {

  /** What to call a row's map in an error. */
  String name(Row row);

  /**
   * A row's map, at the size of its image's ground truth.
   *
   * @throws dev.puad.model.BadInputException if it cannot be used
   */
  FloatMap map(Row row);

  /** The scores of a row's image, by name. */
  Map<String, Double> scores(Row row, FloatMap map);
}
