package dev.puad.model.distill;

import dev.puad.model.image.Normalization;
import dev.puad.model.image.RgbImage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How a backbone wants its pixels. */
public enum PixelScaling {
  /** In [0, 1], less ImageNet's mean, divided by its standard deviation: torchvision's models. */
  IMAGENET,
  /** In [-1, 1], pixel / 127.5 - 1: TensorFlow's models. */
  SYMMETRIC,
  /** In [0, 1]. */
  UNIT;

  /** The scaling that a user names. */
  public static PixelScaling named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** What users call them. */
  public static List<String> names() {
    return Arrays.stream(values()).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
  }

  /** An image as a backbone's input, [3, height, width]. */
  public float[] scale(RgbImage image) {
    return switch (this) {
      case IMAGENET -> Normalization.normalize(image);
      case SYMMETRIC -> symmetric(image);
      case UNIT -> Normalization.toTensor(image);
    };
  }

  private static float[] symmetric(RgbImage image) {
    int plane = image.width() * image.height();
    float[] scaled = new float[image.pixels().length];
    for (int i = 0; i < plane; i++) {
      for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
        int value = Byte.toUnsignedInt(image.pixels()[i * RgbImage.CHANNELS + channel]);
        scaled[channel * plane + i] = value / 127.5f - 1;
      }
    }
    return scaled;
  }
}
