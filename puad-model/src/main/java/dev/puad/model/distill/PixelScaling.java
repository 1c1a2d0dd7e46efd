package dev.puad.model.distill;

import dev.puad.model.image.RgbImage;
import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a backbone wants its pixels: in [0, 1], less a mean, divided by a deviation.
 *
 * @param mean of red, green and blue
 * @param deviation of red, green and blue, each above 0
 */
public record PixelScaling(List<Double> mean, List<Double> deviation) implements Serializable {

  /** By ImageNet's mean and standard deviation: torchvision's models. */
  public static final PixelScaling IMAGENET =
      new PixelScaling(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  /** To [-1, 1]: TensorFlow's models. */
  public static final PixelScaling SYMMETRIC = grey(0.5, 0.5);

  /** As they are, in [0, 1]. */
  public static final PixelScaling UNIT = grey(0, 1);

  private static final double LARGEST = 255;

  private static final Map<String, PixelScaling> NAMED = new LinkedHashMap<>();

  static {
    NAMED.put("imagenet", IMAGENET);
    NAMED.put("symmetric", SYMMETRIC);
    NAMED.put("unit", UNIT);
  }

  public PixelScaling {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (mean.size() != RgbImage.CHANNELS
        || deviation.size() != RgbImage.CHANNELS
        || !mean.stream().allMatch(Double::isFinite)
        || !deviation.stream().allMatch(value -> value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(
          "mean %s and deviation %s scale no pixels".formatted(mean, deviation));
    }
  }

  /**
   * The scaling that a user means.
   *
   * @param text one of {@link #names()}, or mean and deviation as R,G,B/R,G,B
   * @return empty if it is neither
   */
  public static Optional<PixelScaling> parse(String text) {
    if (NAMED.containsKey(text)) {
      return Optional.of(NAMED.get(text));
    }
    String[] halves = text.split("/", -1);
    try {
      return halves.length == 2
          ? Optional.of(new PixelScaling(numbers(halves[0]), numbers(halves[1])))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** What users call the usual ones. */
  public static List<String> names() {
    return List.copyOf(NAMED.keySet());
  }

  /** An image as a backbone's input, [3, height, width]. */
  public float[] scale(RgbImage image) {
    int plane = image.width() * image.height();
    float[] scaled = new float[image.pixels().length];
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      double middle = mean.get(channel);
      double spread = deviation.get(channel);
      for (int i = 0; i < plane; i++) {
        int value = Byte.toUnsignedInt(image.pixels()[i * RgbImage.CHANNELS + channel]);
        scaled[channel * plane + i] = (float) ((value / LARGEST - middle) / spread);
      }
    }
    return scaled;
  }

  /** Mean and deviation as {@link #parse} reads them. */
  @Override
  public String toString() {
    return text(mean) + "/" + text(deviation);
  }

  private static PixelScaling grey(double mean, double deviation) {
    return new PixelScaling(List.of(mean, mean, mean), List.of(deviation, deviation, deviation));
  }

  private static List<Double> numbers(String text) {
    return Arrays.stream(text.split(",", -1)).map(Double::valueOf).toList();
  }

  private static String text(List<Double> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
