package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.BadInputException;
import dev.puad.model.stats.FalseAlarmThreshold;
import dev.puad.model.stats.FalseAlarms;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FittedScoresTest {

  @Test
  void heldBackImagesAreTakenAsTheyAre() {
    FittedScores fitted =
        FittedScores.ofHeldBack(scores(new double[] {1, 2, 6}, new double[] {3, 3, 9}), 0.01);

    // Means 3 and 5, variances 14/3 and 8.
    assertThat(fitted.picturable()).isEqualTo(new ScoreNormalization(3, Math.sqrt(14 / 3.0)));
    assertThat(fitted.unpicturable().mean()).isEqualTo(5);
    assertThat(fitted.unpicturable().standardDeviation()).isCloseTo(Math.sqrt(8), within(1e-12));
    assertThat(fitted.threshold().value())
        .isCloseTo(3 / Math.sqrt(14 / 3.0) + 4 / Math.sqrt(8), within(1e-12));
    assertThat(fitted.falseAlarms()).isEqualTo(FalseAlarms.of(0, 3));
  }

  /** Means 2 and 6, so that the first three become 5, 6, 7; the unpicturable ones have no shift. */
  @Test
  void whatTheNetworksRememberIsRaisedToTheOthers() {
    FittedScores fitted =
        FittedScores.ofCrossFitted(
            scores(new double[] {1, 2, 3, 5, 7}, new double[] {2, 4, 6, 4, 4}), 3, 0.01);

    assertThat(fitted.picturable().mean()).isCloseTo(6, within(1e-12));
    assertThat(fitted.picturable().standardDeviation()).isCloseTo(Math.sqrt(4.64), within(1e-12));
    assertThat(fitted.unpicturable().mean()).isCloseTo(4, within(1e-12));
    assertThat(fitted.unpicturable().standardDeviation()).isCloseTo(Math.sqrt(1.6), within(1e-12));
    // The third image: 7 and 6.
    assertThat(fitted.threshold().value())
        .isCloseTo(1 / Math.sqrt(4.64) + 2 / Math.sqrt(1.6), within(1e-12));
    assertThat(fitted.threshold().images()).isEqualTo(5);
    assertThat(fitted.threshold().exceeding()).isZero();
  }

  @Test
  void imagesThatAreRememberedNoBetterStayAsTheyAre() {
    double[] picturables = {5, 6, 7, 1, 3};
    double[] unpicturables = {2, 4, 7, 4, 4};

    FittedScores fitted = FittedScores.ofCrossFitted(scores(picturables, unpicturables), 3, 0.01);

    assertThat(fitted.picturable())
        .isEqualTo(FittedScores.ofHeldBack(scores(picturables, unpicturables), 0.01).picturable());
  }

  /** Two images lie equally far from each other, and of the networks' memory nothing is known. */
  @Test
  void twoImagesAreWorthTheOneThatWasNotTrainedOn() {
    FittedScores fitted =
        FittedScores.ofCrossFitted(scores(new double[] {1, 3}, new double[] {8, 8}), 1, 0.01);

    assertThat(fitted.unpicturable()).isEqualTo(new ScoreNormalization(8, 8));
    assertThat(fitted.picturable()).isEqualTo(new ScoreNormalization(3, 1));
    assertThat(fitted.threshold()).isEqualTo(new FalseAlarmThreshold(0, 0, 2));
    assertThat(fitted.falseAlarms()).isEqualTo(FalseAlarms.of(0, 1));
  }

  @Test
  void twoCopiesOfAnImageAreRefused() {
    assertThatThrownBy(
            () ->
                FittedScores.ofCrossFitted(
                    scores(new double[] {1, 3}, new double[] {0, 0}), 1, 0.01))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot normalise the unpicturable score: it is the same for all 2 validation images."
                + " Add validation images.");
  }

  /** Up to a standard deviation of memory, which also makes the scores of seen images alike. */
  @ParameterizedTest
  @CsvSource({"5, 1, 0", "5, 1, 1", "12, 2, 0", "12, 2, 1", "26, 4, 0", "26, 4, 0.5"})
  void theIntervalHoldsForNewImages(int trained, int unseen, double memory) {
    Random random = new Random(7);
    int trials = 200;
    int held = 0;
    for (int trial = 0; trial < trials; trial++) {
      List<Scorer.Scores> scores = new ArrayList<>();
      for (int i = 0; i < trained + unseen; i++) {
        double z = random.nextGaussian();
        double picturable = i < trained ? (1 - 0.3 * memory) * z - memory : z;
        scores.add(new Scorer.Scores(picturable, random.nextGaussian()));
      }
      FittedScores fitted = FittedScores.ofCrossFitted(scores, trained, 0.01);
      double rate = 1 - sumOfNewImages(fitted).cumulativeProbability(fitted.threshold().value());
      FalseAlarms falseAlarms = fitted.falseAlarms();
      if (rate >= falseAlarms.least() && rate <= falseAlarms.greatest()) {
        held++;
      }
    }
    assertThat(held).isGreaterThanOrEqualTo((int) (0.9 * trials));
  }

  @Test
  void fewImagesAreFoldsOfTheirOwn() {
    assertThat(FittedScores.folds(2)).isEqualTo(2);
    assertThat(FittedScores.folds(30)).isEqualTo(30);
    assertThat(FittedScores.folds(31)).isEqualTo(10);
  }

  /** Of two standard normal scores, each normalised. */
  private static NormalDistribution sumOfNewImages(FittedScores fitted) {
    return new NormalDistribution(
        fitted.picturable().z(0) + fitted.unpicturable().z(0),
        Math.hypot(
            1 / fitted.picturable().standardDeviation(),
            1 / fitted.unpicturable().standardDeviation()));
  }

  private static List<Scorer.Scores> scores(double[] picturables, double[] unpicturables) {
    List<Scorer.Scores> scores = new ArrayList<>();
    for (int i = 0; i < picturables.length; i++) {
      scores.add(new Scorer.Scores(picturables[i], unpicturables[i]));
    }
    return scores;
  }
}
