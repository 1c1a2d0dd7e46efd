package dev.puad.model.distill;

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

  /** The index of the first value of an image's channel. */
  int start(int image, int channel) {
    return (image * channels + channel) * height * width;
  }
}
