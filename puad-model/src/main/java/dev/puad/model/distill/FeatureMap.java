package dev.puad.model.distill;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One output of a backbone for a batch of images.
 *
 * @param channels C
 * @param height h
 * @param width w
 * @param values [N, C, h, w] in C order
 */
public record FeatureMap(int channels, int height, int width, float[] values) {

  public FeatureMap {
    if (channels < 1
        || height < 1
        || width < 1
        || values.length % ((long) channels * height * width) != 0) {
      throw new IllegalArgumentException(
          "%d values are no images of %d channels of %d x %d."
              .formatted(values.length, channels, height, width));
    }
  }

  /**
   * The maps of several runs as those of one.
   *
   * @param runs what each run said: the same outputs in the same order, of equal shapes
   */
  static List<FeatureMap> together(List<List<FeatureMap>> runs) {
    return IntStream.range(0, runs.get(0).size())
        .mapToObj(output -> joined(runs.stream().map(run -> run.get(output)).toList()))
        .toList();
  }

  private static FeatureMap joined(List<FeatureMap> maps) {
    FloatBuffer values =
        FloatBuffer.allocate(maps.stream().mapToInt(map -> map.values().length).sum());
    maps.forEach(map -> values.put(map.values()));
    FeatureMap first = maps.get(0);
    return new FeatureMap(first.channels(), first.height(), first.width(), values.array());
  }

  /** The index of the first value of an image's channel. */
  int start(int image, int channel) {
    return (image * channels + channel) * height * width;
  }
}
