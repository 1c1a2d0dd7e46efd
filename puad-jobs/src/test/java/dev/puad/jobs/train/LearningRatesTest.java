package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.network.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningRatesTest {

  @Test
  void oneRateIsThatOfEveryStep() {
    LearningRates rates = LearningRates.constant(0.5);
    assertThat(rates.at(0, 100)).isEqualTo(0.5);
    assertThat(rates.at(99, 100)).isEqualTo(0.5);
  }

  @Test
  void oneRateEndsNoRound() {
    assertThat(LearningRates.constant(0.5).constantUntil(0, 100)).isEqualTo(100);
    assertThat(LearningRates.constant(0.5).constantUntil(95, 100)).isEqualTo(100);
  }

  @Test
  void efficientAdsRateDropsForTheLastTwentiethOfTheSteps() {
    LearningRates rates = LearningRates.dropping(Architecture.SMALL.recipe());
    assertThat(rates.at(66_499, 70_000)).isEqualTo(1e-4);
    assertThat(rates.at(66_500, 70_000)).isEqualTo(1e-5);
  }

  @Test
  void aRateThatDropsEndsARoundThere() {
    LearningRates rates = LearningRates.dropping(Architecture.SMALL.recipe());
    assertThat(rates.constantUntil(0, 70_000)).isEqualTo(66_500);
    assertThat(rates.constantUntil(66_499, 70_000)).isEqualTo(66_500);
    assertThat(rates.constantUntil(66_500, 70_000)).isEqualTo(70_000);
  }

  @Test
  void theFirstStepHasTheFirstRateHoweverFewThereAre() {
    LearningRates rates = LearningRates.dropping(Architecture.SMALL.recipe());
    assertThat(rates.at(0, 1)).isEqualTo(1e-4);
    assertThat(rates.constantUntil(0, 1)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0, 0.4", "25, 0.34142135623730953", "50, 0.2", "75, 0.05857864376269051", "100, 0"})
  void aCosineFallsFromTheRateToZero(int done, double rate) {
    assertThat(LearningRates.cosine(0.4).at(done, 100)).isCloseTo(rate, within(1e-15));
  }

  @Test
  void aCosineEndsNoRound() {
    assertThat(LearningRates.cosine(0.4).constantUntil(30, 100)).isEqualTo(100);
  }
}
