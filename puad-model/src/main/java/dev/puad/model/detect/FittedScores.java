package dev.puad.model.detect;

import dev.puad.model.stats.FalseAlarmThreshold;
import dev.puad.model.stats.FalseAlarms;
import dev.puad.model.stats.ScalarMoments;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * What is fitted to the two scores of normal images.
 *
 * @param picturable normalises the picturable score
 * @param unpicturable normalises the unpicturable score
 * @param threshold on the sum of both
 * @param falseAlarms what is known of new normal images above the threshold
 */
public record FittedScores(
    ScoreNormalization picturable,
    ScoreNormalization unpicturable,
    FalseAlarmThreshold threshold,
    FalseAlarms falseAlarms) {

  /** Up to so many images, each is a fold of its own. */
  private static final int SINGLE_FOLDS = 30;

  private static final int FOLDS_OF_MANY = 10;

  /**
   * How sure the interval is that the networks' memory is allowed for; its other half is chance.
   */
  private static final double CONFIDENCE_IN_SHIFT = 0.95;

  /** Of the possible shifts that the expected rate is the mean over. */
  private static final int SHIFTS = 100;

  /** Into how many folds images are dealt for cross-fitting: 30 at most. */
  public static int folds(int images) {
    return images <= SINGLE_FOLDS ? images : FOLDS_OF_MANY;
  }

  /**
   * Fits to the scores of images that neither the networks nor the Gaussian have seen (PUAD section
   * 3.4).
   *
   * @param rate the greatest share of the images above the threshold, in [0, 1)
   * @throws dev.puad.model.BadInputException if a score is the same for all images
   */
  public static FittedScores ofHeldBack(List<Scorer.Scores> scores, double rate) {
    ScoreNormalization picturable =
        ScoreNormalization.of("picturable", moments(values(scores, Scorer.Scores::picturable)));
    ScoreNormalization unpicturable =
        ScoreNormalization.of("unpicturable", moments(values(scores, Scorer.Scores::unpicturable)));
    FalseAlarmThreshold threshold =
        FalseAlarmThreshold.of(
            values(scores, s -> picturable.z(s.picturable()) + unpicturable.z(s.unpicturable())),
            rate);
    return new FittedScores(
        picturable,
        unpicturable,
        threshold,
        FalseAlarms.of(threshold.exceeding(), threshold.images()));
  }

  /**
   * Fits to the scores of images that the Gaussian has not seen, and the networks in part.
   *
   * <p>Networks say less of the images that they were trained on than of new ones. So the scores of
   * those are raised by as much as their mean lies below that of the others, if it does. With few
   * images that difference is uncertain, and the interval of the false alarms allows for it: by
   * Student's t, as for the difference of two means.
   *
   * @param scores first those of the images that the networks were trained on
   * @param trained how many these are, at least 1 and fewer than all
   * @param rate the greatest share of the images above the threshold, in [0, 1)
   * @throws dev.puad.model.BadInputException if a score is the same for all images
   */
  public static FittedScores ofCrossFitted(List<Scorer.Scores> scores, int trained, double rate) {
    double[] picturables = values(scores, Scorer.Scores::picturable);
    double[] unpicturables = values(scores, Scorer.Scores::unpicturable);
    double[] raisedPicturables = raised(picturables, trained);
    double[] raisedUnpicturables = raised(unpicturables, trained);
    ScoreNormalization picturable = normalization("picturable", picturables, raisedPicturables);
    ScoreNormalization unpicturable =
        normalization("unpicturable", unpicturables, raisedUnpicturables);
    double[] sums = new double[scores.size()];
    Arrays.setAll(
        sums, i -> picturable.z(raisedPicturables[i]) + unpicturable.z(raisedUnpicturables[i]));
    FalseAlarmThreshold threshold = FalseAlarmThreshold.of(sums, rate);
    return new FittedScores(
        picturable, unpicturable, threshold, falseAlarms(sums, trained, threshold.value()));
  }

  private static double[] raised(double[] scores, int trained) {
    double shift =
        Math.max(
            0,
            moments(Arrays.copyOfRange(scores, trained, scores.length)).mean()
                - moments(Arrays.copyOf(scores, trained)).mean());
    double[] raised = scores.clone();
    for (int i = 0; i < trained; i++) {
      raised[i] += shift;
    }
    return raised;
  }

  /**
   * The mean of raised scores, and the deviation as it was before: two images that are raised to
   * the same would have none. Where there was none either, as in the distances of two images from
   * each other, the mean is the only scale there is.
   */
  private static ScoreNormalization normalization(String name, double[] scores, double[] raised) {
    double mean = moments(raised).mean();
    double deviation = moments(scores).standardDeviation();
    if (deviation > 0 || !(mean > 0)) {
      return new ScoreNormalization(
          mean, ScoreNormalization.of(name, moments(scores)).standardDeviation());
    }
    return new ScoreNormalization(mean, mean);
  }

  /**
   * Over every shift that the difference of the means leaves open. The images that the networks
   * have not seen need no shift, and bound the rate by themselves too.
   */
  private static FalseAlarms falseAlarms(double[] sums, int trained, double threshold) {
    double[] seen = Arrays.copyOf(sums, trained);
    double[] unseen = Arrays.copyOfRange(sums, trained, sums.length);
    FalseAlarms ofUnseen =
        FalseAlarms.of(Math.min(above(unseen, threshold), unseen.length - 1), unseen.length);
    int freedom = sums.length - 2;
    if (freedom < 1) {
      return ofUnseen;
    }
    double squares = squaredDeviation(seen) + squaredDeviation(unseen);
    double error = Math.sqrt(squares / freedom * (1.0 / seen.length + 1.0 / unseen.length));
    TDistribution student = new TDistribution(freedom);
    double expected = 0;
    for (int i = 0; i < SHIFTS; i++) {
      double shift = error * student.inverseCumulativeProbability((i + 0.5) / SHIFTS);
      expected += ofShifted(seen, unseen, threshold - shift, threshold).expected() / SHIFTS;
    }
    double shift = error * student.inverseCumulativeProbability(CONFIDENCE_IN_SHIFT);
    FalseAlarms lowest = ofShifted(seen, unseen, threshold + shift, threshold);
    FalseAlarms highest = ofShifted(seen, unseen, threshold - shift, threshold);
    return new FalseAlarms(
        expected, lowest.least(), Math.min(highest.greatest(), ofUnseen.greatest()));
  }

  private static FalseAlarms ofShifted(
      double[] seen, double[] unseen, double seenThreshold, double threshold) {
    int images = seen.length + unseen.length;
    int above = above(seen, seenThreshold) + above(unseen, threshold);
    return FalseAlarms.of(Math.min(above, images - 1), images);
  }

  private static int above(double[] scores, double threshold) {
    return (int) Arrays.stream(scores).filter(score -> score > threshold).count();
  }

  private static double squaredDeviation(double[] scores) {
    double deviation = moments(scores).standardDeviation();
    return deviation * deviation * scores.length;
  }

  private static double[] values(
      List<Scorer.Scores> scores, ToDoubleFunction<Scorer.Scores> value) {
    return scores.stream().mapToDouble(value).toArray();
  }

  private static ScalarMoments moments(double[] scores) {
    ScalarMoments moments = new ScalarMoments();
    for (double score : scores) {
      moments.add(score);
    }
    return moments;
  }
}
