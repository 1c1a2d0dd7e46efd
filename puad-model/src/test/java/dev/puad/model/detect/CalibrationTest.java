package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.puad.model.BadInputException;
import dev.puad.model.stats.Gaussian;
import dev.puad.model.stats.JavaSerialization;
import dev.puad.model.stats.ScalarMoments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationTest {

  private final Analysis analysis =
      new Analysis(new float[] {4}, new float[] {6}, new double[] {3});

  @ParameterizedTest
  @ValueSource(strings = {"student", "teacher"})
  void finalScoresAreTheOfficialOnes(String source) {
    JsonNode puad = OfficialMaps.expected().get("puad").get(source);
    Calibration calibration = official(source);
    for (int i = 0; i < puad.get("puad_score").size(); i++) {
      double expected = puad.get("puad_score").get(i).doubleValue();
      Calibration.Detection found = calibration.detect(ScorerTest.official(source, i), 256, 256);
      // Two terms of either sign make the score: the tolerance is of the larger one.
      double scale = Math.max(Math.abs(found.picturableZ()), Math.abs(found.unpicturableZ()));
      assertThat(found.score()).isCloseTo(expected, within(2e-4 * Math.max(scale, 1)));
      assertThat(found.anomalous()).isEqualTo(expected > 0);
    }
  }

  @Test
  void theScoreIsTheSumOfBothInStandardDeviations() {
    Calibration.Detection found = calibration(0).detect(analysis, 4, 4);
    // picturable: the mean of 0.1 · 4 and 0.1 · 6; unpicturable: |3 − 1|
    assertThat(found.scores().picturable()).isCloseTo(0.5, within(1e-7));
    assertThat(found.scores().unpicturable()).isEqualTo(2);
    assertThat(found.picturableZ()).isCloseTo((0.5 - 0.1) / 0.2, within(1e-6));
    assertThat(found.unpicturableZ()).isEqualTo((2 - 5) / 4.0);
    assertThat(found.score()).isEqualTo(found.picturableZ() + found.unpicturableZ());
  }

  @Test
  void theMapIsCombinedAtTheNetworksSize() {
    assertThat(calibration(0).detect(analysis, 4, 4).map()).containsExactly(0.5f);
  }

  @Test
  void onlyAScoreAboveTheThresholdIsAnAnomaly() {
    double score = calibration(0).detect(analysis, 4, 4).score();
    assertThat(calibration(score).detect(analysis, 4, 4).anomalous()).isFalse();
    assertThat(calibration(Math.nextDown(score)).detect(analysis, 4, 4).anomalous()).isTrue();
  }

  @Test
  void aScoreThatIsNotFiniteIsRefused() {
    Analysis broken = new Analysis(new float[] {Float.NaN}, new float[] {6}, new double[] {3});
    assertThatThrownBy(() -> calibration(0).detect(broken, 4, 4))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot judge an image by a score of NaN: the network is broken. Train it again.");
  }

  @Test
  void survivesSerialization() {
    Calibration.Detection expected = calibration(1).detect(analysis, 4, 4);
    Calibration.Detection found =
        JavaSerialization.roundTrip(calibration(1)).detect(analysis, 4, 4);
    assertThat(found.score()).isEqualTo(expected.score());
    assertThat(found.anomalous()).isEqualTo(expected.anomalous());
  }

  /** Of the golden files, for a source of features. */
  static Calibration official(String source) {
    JsonNode puad = OfficialMaps.expected().get("puad").get(source);
    return new Calibration(
        ScorerTest.officialScorer(source),
        ScoreNormalization.of("picturable", moments(puad.get("validation_efficient_ad"))),
        ScoreNormalization.of("unpicturable", moments(puad.get("validation_mahalanobis"))),
        0);
  }

  private static Calibration calibration(double threshold) {
    Scorer scorer =
        new Scorer(
            4,
            1,
            MapVariant.PUAD,
            new MapScaling(0, 1, 0, 1),
            new Gaussian(new double[] {1}, new double[] {1}));
    return new Calibration(
        scorer, new ScoreNormalization(0.1, 0.2), new ScoreNormalization(5, 4), threshold);
  }

  private static ScalarMoments moments(JsonNode scores) {
    ScalarMoments moments = new ScalarMoments();
    scores.forEach(score -> moments.add(score.doubleValue()));
    return moments;
  }
}
