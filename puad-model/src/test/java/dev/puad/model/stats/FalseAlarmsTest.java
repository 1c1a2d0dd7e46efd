package dev.puad.model.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.math3.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FalseAlarmsTest {

  /** At either end, what was seen has a chance of 2.5 % still. */
  @ParameterizedTest
  @CsvSource({"0, 1", "0, 6", "0, 14", "0, 50", "1, 30", "3, 99", "29, 30"})
  void theIntervalLeavesATailAtEitherEnd(int exceeding, int images) {
    FalseAlarms falseAlarms = FalseAlarms.of(exceeding, images);
    assertThat(atMost(exceeding, images, falseAlarms.greatest())).isCloseTo(0.025, within(1e-6));
    if (exceeding > 0) {
      assertThat(1 - atMost(exceeding - 1, images, falseAlarms.least()))
          .isCloseTo(0.025, within(1e-6));
    } else {
      assertThat(falseAlarms.least()).isZero();
    }
  }

  @Test
  void aNewImageIsOneMoreOfThem() {
    assertThat(FalseAlarms.of(0, 14).expected()).isEqualTo(1 / 15.0);
    assertThat(FalseAlarms.of(2, 19).expected()).isEqualTo(3 / 20.0);
  }

  @ParameterizedTest
  @CsvSource({"0.01, 299", "0.05, 59", "0.5, 5"})
  void theLargestOfSoManyBoundsTheRate(double rate, int images) {
    assertThat(FalseAlarms.imagesToBound(rate)).isEqualTo(images);
    assertThat(Math.pow(1 - rate, images)).isLessThanOrEqualTo(0.05);
    assertThat(Math.pow(1 - rate, images - 1)).isGreaterThan(0.05);
  }

  private static double atMost(int exceeding, int images, double rate) {
    return new BinomialDistribution(images, rate).cumulativeProbability(exceeding);
  }
}
