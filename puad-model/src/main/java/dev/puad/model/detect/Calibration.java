package dev.puad.model.detect;

import dev.puad.model.BadInputException;
import java.io.Serializable;

/**
 * All that turns an {@link Analysis} into a {@link Detection}.
 *
 * @param scorer makes the two scores
 * @param picturable normalises the picturable score
 * @param unpicturable normalises the unpicturable score
 * @param threshold a final score above it is an anomaly
 * @param fit how all of them were fitted
 */
public record Calibration(
    Scorer scorer,
    ScoreNormalization picturable,
    ScoreNormalization unpicturable,
    double threshold,
    Fit fit)
    implements Serializable {

  /** A calibration of which it is not known how it was fitted. */
  public Calibration(
      Scorer scorer,
      ScoreNormalization picturable,
      ScoreNormalization unpicturable,
      double threshold) {
    this(scorer, picturable, unpicturable, threshold, Fit.UNKNOWN);
  }

  /**
   * One image, judged.
   *
   * @param map the combined anomaly map after scaling, as {@link Scorer#map} makes it
   * @param scores the two scores in their own units
   * @param picturableZ the picturable score in standard deviations
   * @param unpicturableZ the unpicturable score in standard deviations
   * @param score the sum of both (PUAD section 3.4)
   * @param anomalous whether the score is above the threshold
   */
  public record Detection(
      float[] map,
      Scorer.Scores scores,
      double picturableZ,
      double unpicturableZ,
      double score,
      boolean anomalous) {}

  /**
   * Judges an image.
   *
   * @param analysis of the networks this was calibrated for
   * @param width of the image's file, in pixels
   * @param height of the image's file, in pixels
   * @throws BadInputException if the score is not finite: no threshold holds against it
   */
  public Detection detect(Analysis analysis, int width, int height) {
    Scorer.Scores scores = scorer.score(analysis, width, height);
    double picturableZ = picturable.z(scores.picturable());
    double unpicturableZ = unpicturable.z(scores.unpicturable());
    double score = picturableZ + unpicturableZ;
    if (!Double.isFinite(score)) {
      throw new BadInputException(
          "Cannot judge an image by a score of %s: the network is broken. Train it again."
              .formatted(score));
    }
    return new Detection(
        scorer.map(analysis), scores, picturableZ, unpicturableZ, score, score > threshold);
  }
}
