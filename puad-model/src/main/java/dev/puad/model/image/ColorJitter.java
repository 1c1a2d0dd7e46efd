package dev.puad.model.image;

import java.util.random.RandomGenerator;

/**
 * The augmentation of the autoencoder's training images: brightness, contrast or saturation, each a
 * blend clamp(r a + (1 - r) b, 0, 1) of the image a with black, its mean grey or its grey.
 *
 * <p>Images are RGB in [0, 1], float32, CHW, before normalisation. Inputs are left as they are.
 */
public final class ColorJitter {

  private static final double LEAST_FACTOR = 0.8;
  private static final double FACTOR_RANGE = 0.4;

  private ColorJitter() {}

  /** One of the three, chosen uniformly, with a factor uniform in [0.8, 1.2). */
  public static float[] jitter(float[] image, RandomGenerator random) {
    int choice = random.nextInt(3);
    float factor = (float) (LEAST_FACTOR + FACTOR_RANGE * random.nextDouble());
    return switch (choice) {
      case 0 -> brightness(image, factor);
      case 1 -> contrast(image, factor);
      default -> saturation(image, factor);
    };
  }

  /** Blends with black; factor 1 keeps the image, below 1 darkens it. */
  public static float[] brightness(float[] image, float factor) {
    float[] blended = new float[image.length];
    for (int i = 0; i < image.length; i++) {
      blended[i] = blend(image[i], 0, factor);
    }
    return blended;
  }

  /** Blends with the image's mean grey; factor 1 keeps the image, below 1 flattens it. */
  public static float[] contrast(float[] image, float factor) {
    float[] grey = grey(image);
    double sum = 0;
    for (float value : grey) {
      sum += value;
    }
    float mean = (float) (sum / grey.length);
    float[] blended = new float[image.length];
    for (int i = 0; i < image.length; i++) {
      blended[i] = blend(image[i], mean, factor);
    }
    return blended;
  }

  /** Blends with the grey of each pixel; factor 1 keeps the image, below 1 fades its colours. */
  public static float[] saturation(float[] image, float factor) {
    float[] grey = grey(image);
    float[] blended = new float[image.length];
    for (int i = 0; i < image.length; i++) {
      blended[i] = blend(image[i], grey[i % grey.length], factor);
    }
    return blended;
  }

  /** 0.2989 R + 0.587 G + 0.114 B of each pixel, HW. */
  static float[] grey(float[] image) {
    int plane = plane(image);
    float[] grey = new float[plane];
    for (int i = 0; i < plane; i++) {
      grey[i] = 0.2989f * image[i] + 0.587f * image[plane + i] + 0.114f * image[2 * plane + i];
    }
    return grey;
  }

  /** The number of pixels of an RGB image in CHW order. */
  static int plane(float[] image) {
    if (image.length == 0 || image.length % RgbImage.CHANNELS != 0) {
      throw new IllegalArgumentException(
          "Cannot read %d values as an RGB image in CHW order.".formatted(image.length));
    }
    return image.length / RgbImage.CHANNELS;
  }

  private static float blend(float image, float other, float factor) {
    return Math.min(1, Math.max(0, factor * image + (1 - factor) * other));
  }
}
