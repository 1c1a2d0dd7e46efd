package dev.puad.model.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FalseAlarmThresholdTest {

  private static final double[] RATES = {0, 0.01, 0.05, 0.1, 0.29, 0.5, 0.99};

  @Test
  void isTheSmallestScoreThatKeepsTheRate() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      double[] scores = new double[1 + random.nextInt(120)];
      Arrays.setAll(
          scores,
          i -> random.nextBoolean() ? random.nextGaussian() : Math.round(random.nextGaussian()));
      for (double rate : RATES) {
        double expected =
            Arrays.stream(scores)
                .filter(score -> shareAbove(scores, score) <= rate)
                .min()
                .orElseThrow();
        FalseAlarmThreshold threshold = FalseAlarmThreshold.of(scores, rate);
        assertThat(threshold.value()).isEqualTo(expected);
        assertThat(threshold.rate()).isEqualTo(shareAbove(scores, expected));
      }
    }
  }

  @Test
  void isExceededByExactlyTheShareAskedForWhereThatOccurs() {
    double[] scores = new double[100];
    Arrays.setAll(scores, i -> i);
    assertThat(FalseAlarmThreshold.of(scores, 0.29).exceeding()).isEqualTo(29);
  }

  @Test
  void rateZeroGivesTheGreatestScore() {
    assertThat(FalseAlarmThreshold.of(new double[] {2, 7, 7, 1}, 0))
        .isEqualTo(new FalseAlarmThreshold(7, 0, 4));
  }

  @Test
  void tiedScoresAreNotSplit() {
    assertThat(FalseAlarmThreshold.of(new double[] {1, 5, 5, 5}, 0.5))
        .isEqualTo(new FalseAlarmThreshold(5, 0, 4));
  }

  @Test
  void newImagesExceedItNoMoreOftenThanExpected() {
    Random random = new Random(13);
    int trials = 20_000;
    int exceeded = 0;
    double expected = 0;
    for (int i = 0; i < trials; i++) {
      FalseAlarmThreshold threshold = FalseAlarmThreshold.of(random.doubles(19).toArray(), 0.11);
      expected = threshold.expectedRate();
      if (random.nextDouble() > threshold.value()) {
        exceeded++;
      }
    }
    // Two of 19 exceed it, so 3 of 20 new ones; four standard deviations of the trials.
    assertThat((double) exceeded / trials)
        .isBetween(
            expected - 4 * Math.sqrt(expected * (1 - expected) / trials),
            expected + 4 * Math.sqrt(expected * (1 - expected) / trials));
  }

  @Test
  void refusesNoScores() {
    assertThatThrownBy(() -> FalseAlarmThreshold.of(new double[0], 0.05))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot set a threshold from 0 scores: add normal images for validation.");
  }

  @Test
  void refusesNan() {
    assertThatThrownBy(() -> FalseAlarmThreshold.of(new double[] {1, Double.NaN}, 0.05))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot set a threshold from scores with NaN: train the network again.");
  }

  @Test
  void refusesARateOutOfRange() {
    assertThatThrownBy(() -> FalseAlarmThreshold.of(new double[] {1}, 1))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot set a false-alarm rate of 1.0: choose one from 0 to below 1.");
  }

  private static double shareAbove(double[] scores, double value) {
    return (double) Arrays.stream(scores).filter(score -> score > value).count() / scores.length;
  }
}
