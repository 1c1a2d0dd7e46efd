package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.FileContents;
import dev.puad.model.BadInputException;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.FloatMap;
import dev.puad.model.image.RejectedImageException;
import dev.puad.model.image.TiffMap;
import java.util.Map;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Maps of any method as float32 TIFF files, named by the column {@code file}. An image's score is
 * the largest value of its map, as in the official evaluation.
 */
final class TiffFiles implements MapSource {

  private static final long serialVersionUID = 1L;

  private final Broadcast<SerializableConfiguration> hadoop;
  private final DecodeLimits limits;

  TiffFiles(Broadcast<SerializableConfiguration> hadoop, DecodeLimits limits) {
    this.hadoop = hadoop;
    this.limits = limits;
  }

  @Override
  public String name(Row row) {
    return row.getAs("file");
  }

  @Override
  public FloatMap map(Row row) {
    String file = name(row);
    try {
      return TiffMap.decode(
          FileContents.read(hadoop.value().value(), file, limits.maxBytes()), limits);
    } catch (RejectedImageException e) {
      throw new BadInputException(
          "Cannot use map %s: %s. Replace the file.".formatted(file, e.getMessage()), e);
    }
  }

  @Override
  public Map<String, Double> scores(Row row, FloatMap map) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float value : map.values()) {
      largest = Math.max(largest, value);
    }
    return Map.of("map", (double) largest);
  }
}
