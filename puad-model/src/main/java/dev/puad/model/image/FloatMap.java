package dev.puad.model.image;

/**
 * One number for each pixel, such as an anomaly map.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param values row by row
 */
public record FloatMap(int width, int height, float[] values) {

  public FloatMap {
    Pixels.checkLength(width, height, 1, values.length);
  }
}
