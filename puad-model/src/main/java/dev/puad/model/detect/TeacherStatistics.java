package dev.puad.model.detect;

import dev.puad.model.BadInputException;
import dev.puad.model.stats.ChannelMoments;
import java.io.Serializable;

/**
 * The mean and standard deviation of each channel of the raw teacher over the training images
 * (EfficientAD section 3.2), by which its outputs are normalised.
 *
 * @param mean C values
 * @param standardDeviation C positive values
 */
public record TeacherStatistics(double[] mean, double[] standardDeviation) implements Serializable {

  public TeacherStatistics {
    if (mean.length == 0 || mean.length != standardDeviation.length) {
      throw new IllegalArgumentException(
          "%d means do not belong with %d standard deviations."
              .formatted(mean.length, standardDeviation.length));
    }
  }

  /**
   * The statistics of accumulated descriptions.
   *
   * @param variant whose deviation is taken
   * @throws BadInputException if a channel never varies
   */
  public static TeacherStatistics of(ChannelMoments moments, MapVariant variant) {
    double[] standardDeviation = moments.standardDeviation(variant.ddof());
    for (int c = 0; c < standardDeviation.length; c++) {
      if (!(standardDeviation[c] > 0)) {
        throw new BadInputException(
            ("Cannot normalise the teacher: channel %d is the same everywhere in the training"
                    + " images. Check that they are not blank, or choose another teacher.")
                .formatted(c));
      }
    }
    return new TeacherStatistics(moments.mean(), standardDeviation);
  }

  /**
   * Normalises a raw description.
   *
   * @param description [C, s, s], changed in place
   * @return {@code description}
   */
  public float[] normalize(float[] description) {
    int positions = description.length / mean.length;
    for (int c = 0; c < mean.length; c++) {
      float center = (float) mean[c];
      float scale = (float) standardDeviation[c];
      for (int i = c * positions; i < (c + 1) * positions; i++) {
        description[i] = (description[i] - center) / scale;
      }
    }
    return description;
  }
}
