package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import dev.puad.model.image.BilinearMap;
import dev.puad.model.stats.BucketHistograms;
import dev.puad.model.stats.ExactQuantiles;
import dev.puad.model.stats.Gaussian;
import dev.puad.model.stats.RadixHistogram;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MapVariantTest {

  private static final int WIDTH = 300;
  private static final int HEIGHT = 200;

  @ParameterizedTest
  @EnumSource
  void isFoundByItsName(MapVariant variant) {
    assertThat(MapVariant.named(variant.title())).isEqualTo(variant);
  }

  @Test
  void anUnknownNameIsRefused() {
    assertThatThrownBy(() -> MapVariant.named("PUAD"))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot draw anomaly maps as PUAD does. Choose puad or nelson1425.");
  }

  /**
   * The maps are PUAD's, whose teacher is normalised with ddof 1: nelson1425's differ by 3e-5 of
   * their values.
   */
  @ParameterizedTest
  @CsvSource({
    "PUAD, student, official, q_a_student, q_b_student",
    "PUAD, autoencoder, official, q_a_autoencoder, q_b_autoencoder",
    "NELSON1425, student, nelson, q_st_start, q_st_end",
    "NELSON1425, autoencoder, nelson, q_ae_start, q_ae_end"
  })
  void quantilesOfTheValidationMapsAreThoseOfItsCode(
      MapVariant variant, String map, String code, String low, String high) {
    JsonNode expected = OfficialMaps.expected().get(code);
    List<float[]> maps =
        OfficialMaps.each("validation-raw-" + map).stream()
            .map(raw -> variant.calibrated(raw, OfficialMaps.OUTPUT_SIZE, OfficialMaps.IMAGE_SIZE))
            .toList();
    double[] quantiles = quantiles(maps);
    assertMapValue(quantiles[0], expected.get(low).doubleValue());
    assertMapValue(quantiles[1], expected.get(high).doubleValue());
  }

  @Test
  void combinedMapsOfNelson1425AreThoseOfItsCode() {
    List<float[]> expected = OfficialMaps.each("nelson-combined-56");
    for (int i = 0; i < expected.size(); i++) {
      Analysis analysis = ScorerTest.official("student", i);
      OfficialMaps.assertClose(
          OfficialMaps.nelsonScaling().combine(analysis.student(), analysis.autoencoder()),
          expected.get(i));
    }
  }

  @Test
  void mapsOfNelson1425AtTheImagesSizeAreThoseOfItsCode() {
    float[] expected = Fixtures.npy("maps/nelson-combined-200x300.npy").floats();
    Scorer scorer = nelsonScorer();
    int side = scorer.mapSize();
    for (int i = 0; i < expected.length / (WIDTH * HEIGHT); i++) {
      OfficialMaps.assertClose(
          BilinearMap.resize(
              scorer.map(ScorerTest.official("student", i)), side, side, HEIGHT, WIDTH),
          Arrays.copyOfRange(expected, i * WIDTH * HEIGHT, (i + 1) * WIDTH * HEIGHT));
    }
  }

  @Test
  void scoresOfNelson1425AtTheImagesSizeAreThoseOfItsCode() {
    JsonNode scores = OfficialMaps.expected().get("nelson").get("image_scores");
    Scorer scorer = nelsonScorer();
    for (int i = 0; i < scores.size(); i++) {
      Scorer.Scores found = scorer.score(ScorerTest.official("student", i), WIDTH, HEIGHT);
      assertThat(found.picturable()).isCloseTo(scores.get(i).doubleValue(), within(2e-5));
    }
  }

  @Test
  void theMapToKeepOfPuadIsTheCombinedOne() {
    Scorer scorer = scorer(MapVariant.PUAD, 2);
    assertThat(scorer.mapSize()).isEqualTo(2);
    assertThat(scorer.map(analysis(1, 2, 3, 4))).containsExactly(0.05f, 0.1f, 0.15f, 0.2f);
  }

  @Test
  void theMapToKeepOfNelson1425HasAFrameOfFourZeros() {
    Scorer scorer = scorer(MapVariant.NELSON1425, 2);
    float[] map = scorer.map(analysis(1, 2, 3, 4));
    assertThat(scorer.mapSize()).isEqualTo(10);
    float[] expected = new float[100];
    expected[44] = 0.05f;
    expected[45] = 0.1f;
    expected[54] = 0.15f;
    expected[55] = 0.2f;
    assertThat(map).isEqualTo(expected);
  }

  /** Below the low quantiles everywhere, so that the frame of zeros is the largest. */
  @Test
  void theFrameCountsTowardsTheScoreOfNelson1425() {
    Analysis quiet = analysis(-9, -9, -9, -9);
    assertThat(scorer(MapVariant.NELSON1425, 2).score(quiet, 20, 20).picturable()).isZero();
    assertThat(scorer(MapVariant.PUAD, 2).score(quiet, 20, 20).picturable()).isNegative();
  }

  @Test
  void theSizeOfTheFileMattersToNelson1425Alone() {
    Analysis peak = analysis(9, 0, 0, 0);
    Scorer nelson = scorer(MapVariant.NELSON1425, 2);
    // Of 10 x 10 values every second pair: each output lies between four values of the map.
    assertThat(nelson.score(peak, 10, 10).picturable()).isCloseTo(0.45, within(1e-7));
    assertThat(nelson.score(peak, 5, 5).picturable()).isCloseTo(0.45 / 4, within(1e-7));
    Scorer puad = scorer(MapVariant.PUAD, 2);
    assertThat(puad.score(peak, 10, 10)).isEqualTo(puad.score(peak, 5, 5));
  }

  private static Analysis analysis(float... student) {
    return new Analysis(student, new float[student.length], new double[1]);
  }

  private static Scorer scorer(MapVariant variant, int outputSize) {
    return new Scorer(
        4,
        outputSize,
        variant,
        new MapScaling(0, 1, 0, 1),
        new Gaussian(new double[1], new double[] {1}));
  }

  private static Scorer nelsonScorer() {
    return new Scorer(
        OfficialMaps.IMAGE_SIZE,
        OfficialMaps.OUTPUT_SIZE,
        MapVariant.NELSON1425,
        OfficialMaps.nelsonScaling(),
        Gaussian.fit(ScorerTest.moments("student")));
  }

  private static double[] quantiles(List<float[]> maps) {
    RadixHistogram first = new RadixHistogram();
    maps.forEach(first::add);
    ExactQuantiles plan =
        ExactQuantiles.plan(first, MapScaling.LOW_PROBABILITY, MapScaling.HIGH_PROBABILITY);
    BucketHistograms second = plan.secondPass();
    maps.forEach(second::add);
    return plan.quantiles(second);
  }

  /** Compares values of maps before scaling. */
  private static void assertMapValue(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(1e-5 + 1e-4 * expected));
  }
}
