package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;

import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import dev.puad.model.BadInputException;
import dev.puad.model.image.BilinearMap;
import dev.puad.model.image.FloatMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Our own maps, as scored, resized to the size of their images. */
final class StoredMaps implements MapSource {

  private static final long serialVersionUID = 1L;

  /** Adds the maps of one model to its scores, by {@code image}. */
  static Dataset<Row> join(Lake lake, Column model, Dataset<Row> scores) {
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
    return scores.join(maps, new String[] {"image"}, "left");
  }

  @Override
  public String name(Row row) {
    return "of " + row.getAs("image");
  }

  @Override
  public FloatMap map(Row row) {
    if (row.getAs("map") == null) {
      throw new IllegalStateException(row.getAs("image") + " has a score but no map");
    }
    int mapWidth = row.getAs("map_width");
    int mapHeight = row.getAs("map_height");
    int width = row.getAs("width");
    int height = row.getAs("height");
    float[] map =
        BilinearMap.resize(
            ScoreImages.map(row, mapWidth * mapHeight), mapHeight, mapWidth, height, width);
    requireNumbers(row.getAs("image"), map, width);
    return new FloatMap(width, height, map);
  }

  @Override
  public Map<String, Double> scores(Row row, FloatMap map) {
    Map<String, Double> scores = new LinkedHashMap<>();
    scores.put("picturable", row.getAs("picturable"));
    scores.put("unpicturable", row.getAs("unpicturable"));
    scores.put("combined", row.getAs("score"));
    return scores;
  }

  private static void requireNumbers(String image, float[] map, int width) {
    for (int i = 0; i < map.length; i++) {
      if (Float.isNaN(map[i])) {
        throw new BadInputException(
            "Cannot use map of %s: it is NaN at column %d, row %d. Train again: its version draws no maps."
                .formatted(image, i % width, i / width));
      }
    }
  }
}
