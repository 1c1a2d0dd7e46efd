package dev.puad.model.detect;

import dev.puad.model.BadInputException;
import java.io.Serializable;

/**
 * The quantile-based scaling of the two anomaly maps (EfficientAD section 3.4). The quantiles are
 * those of the validation maps; {@link MapVariant} says at which size.
 *
 * <p>Each map m becomes 0.1 · (m − q_a) / (q_b − q_a); the combined map is the mean of both.
 *
 * @param studentLow q_a of the student map
 * @param studentHigh q_b of the student map
 * @param autoencoderLow q_a of the autoencoder map
 * @param autoencoderHigh q_b of the autoencoder map
 */
public record MapScaling(
    double studentLow, double studentHigh, double autoencoderLow, double autoencoderHigh)
    implements Serializable {

  /** The share of validation pixels below q_a. */
  public static final double LOW_PROBABILITY = 0.9;

  /** The share of validation pixels below q_b. */
  public static final double HIGH_PROBABILITY = 0.995;

  /** What q_b becomes. */
  static final double HIGH_LEVEL = 0.1;

  public MapScaling {
    requireSpread("student", studentLow, studentHigh);
    requireSpread("autoencoder", autoencoderLow, autoencoderHigh);
  }

  /**
   * The combined map.
   *
   * @param student the local map, [s, s]
   * @param autoencoder the global map, of the same size
   * @throws IllegalArgumentException if the sizes differ
   */
  public float[] combine(float[] student, float[] autoencoder) {
    if (student.length != autoencoder.length) {
      throw new IllegalArgumentException(
          "Cannot combine maps of %d and %d values.".formatted(student.length, autoencoder.length));
    }
    float[] combined = new float[student.length];
    for (int i = 0; i < combined.length; i++) {
      double local = HIGH_LEVEL * (student[i] - studentLow) / (studentHigh - studentLow);
      double global =
          HIGH_LEVEL * (autoencoder[i] - autoencoderLow) / (autoencoderHigh - autoencoderLow);
      combined[i] = (float) (0.5 * local + 0.5 * global);
    }
    return combined;
  }

  private static void requireSpread(String map, double low, double high) {
    if (!(high > low && Double.isFinite(high - low))) {
      throw new BadInputException(
          ("Cannot scale the %s map: its quantiles %s and %s over the validation images do not"
                  + " differ. Add validation images that are not blank.")
              .formatted(map, low, high));
    }
  }
}
