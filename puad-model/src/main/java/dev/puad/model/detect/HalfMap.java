package dev.puad.model.detect;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.indexer.HalfIndexer;

/**
 * An anomaly map in half precision: value = offset + scale · half.
 *
 * <p>The halves lie in [0, 1], so the largest error is scale · 2⁻¹². For storage and drawing;
 * scores are computed from the float32 map.
 *
 * @param offset the smallest value
 * @param scale the largest value less the smallest
 * @param halves little-endian half precision, row-major
 */
public record HalfMap(float offset, float scale, byte[] halves) {

  /** Packs a map of finite values. */
  public static HalfMap of(float[] map) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (float value : map) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    float scale = high - low;
    ByteBuffer halves = ByteBuffer.allocate(2 * map.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : map) {
      float unit = scale > 0 ? (value - low) / scale : 0;
      halves.putShort((short) HalfIndexer.fromFloat(unit));
    }
    return new HalfMap(low, scale, halves.array());
  }

  /** The map's values, row-major. */
  public float[] toFloats() {
    ByteBuffer buffer = ByteBuffer.wrap(halves).order(ByteOrder.LITTLE_ENDIAN);
    float[] map = new float[halves.length / 2];
    for (int i = 0; i < map.length; i++) {
      map[i] = offset + scale * HalfIndexer.toFloat(Short.toUnsignedInt(buffer.getShort()));
    }
    return map;
  }
}
