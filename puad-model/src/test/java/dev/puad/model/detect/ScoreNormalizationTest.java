package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import dev.puad.model.stats.ScalarMoments;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoreNormalizationTest {

  @ParameterizedTest
  @CsvSource({"puad_score, 1e-9", "puad_score_official_mixed_float32, 1e-6"})
  void finalScoresAreTheOfficialOnes(String name, double tolerance) throws IOException {
    JsonNode given =
        new ObjectMapper().readTree(Fixtures.path("gaussian/score-normalization.json").toFile());
    ScoreNormalization picturable = normalization(given.get("validation_picturable"));
    ScoreNormalization unpicturable = normalization(given.get("validation_unpicturable"));
    assertThat(picturable.standardDeviation())
        .isCloseTo(given.get("picturable_std_ddof0").doubleValue(), within(1e-9));
    for (int i = 0; i < given.get(name).size(); i++) {
      double expected = given.get(name).get(i).doubleValue();
      double score =
          picturable.z(given.get("test_picturable").get(i).doubleValue())
              + unpicturable.z(given.get("test_unpicturable").get(i).doubleValue());
      assertThat(score).isCloseTo(expected, within(tolerance * Math.abs(expected)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "student, efficient_ad",
    "student, mahalanobis",
    "teacher, efficient_ad",
    "teacher, mahalanobis"
  })
  void statisticsOfValidationScoresAreTheOfficialOnes(String source, String score) {
    JsonNode puad = OfficialMaps.expected().get("puad").get(source);
    ScoreNormalization normalization = normalization(puad.get("validation_" + score));
    double mean = puad.get(score + "_mean").doubleValue();
    double deviation = puad.get(score + "_std").doubleValue();
    assertThat(normalization.mean()).isCloseTo(mean, within(1e-6 * mean));
    assertThat(normalization.standardDeviation()).isCloseTo(deviation, within(1e-6 * deviation));
  }

  @Test
  void theSameScoreForEveryImageIsRefused() {
    ScalarMoments moments = new ScalarMoments().add(0.5).add(0.5).add(0.5);
    assertThatThrownBy(() -> ScoreNormalization.of("picturable", moments))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot normalise the picturable score: it is the same for all 3 validation images."
                + " Add validation images.");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0, -1", "0, NaN", "NaN, 1", "0, Infinity"})
  void aStandardDeviationMustBePositive(double mean, double standardDeviation) {
    assertThatThrownBy(() -> new ScoreNormalization(mean, standardDeviation))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot normalise with mean %s and standard deviation %s."
                .formatted(mean, standardDeviation));
  }

  private static ScoreNormalization normalization(JsonNode scores) {
    ScalarMoments moments = new ScalarMoments();
    scores.forEach(score -> moments.add(score.doubleValue()));
    return ScoreNormalization.of("validation", moments);
  }
}
