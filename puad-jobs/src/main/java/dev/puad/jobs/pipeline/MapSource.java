package dev.puad.jobs.pipeline;

import dev.puad.model.image.FloatMap;
import java.io.Serializable;
import java.util.Map;
import org.apache.spark.sql.Row;

/** Where an evaluation's anomaly maps come from. */
interface MapSource extends Serializable {

  /**
   * An anomaly map at the size of its image's ground truth, with the image's scores by name.
   *
   * @param name what to call the map in an error
   */
  record ScoredMap(String name, FloatMap map, Map<String, Double> scores) {}

  /**
   * The map of one row.
   *
   * @throws dev.puad.model.BadInputException if it cannot be used
   */
  ScoredMap read(Row row);
}
