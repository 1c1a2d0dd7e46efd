package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.puad.model.Fixtures;
import dev.puad.model.stats.Gaussian;
import dev.puad.model.stats.JavaSerialization;
import dev.puad.model.stats.LedoitWolf;
import dev.puad.model.stats.VectorMoments;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScorerTest {

  private static final int CHANNELS = 24;

  @ParameterizedTest
  @CsvSource({"raw-student, resized-student", "raw-autoencoder, resized-autoencoder"})
  void mapsAreResizedAsTheOfficialOnes(String raw, String resized) {
    List<float[]> actual = OfficialMaps.resized(raw);
    List<float[]> expected = OfficialMaps.each(resized);
    for (int i = 0; i < expected.size(); i++) {
      for (int p = 0; p < expected.get(i).length; p++) {
        double value = expected.get(i)[p];
        assertThat((double) actual.get(i)[p]).isCloseTo(value, within(1e-5 + 1e-4 * value));
      }
    }
  }

  @Test
  void picturableScoresLieWhereTheOfficialOnesDo() {
    JsonNode expected = OfficialMaps.expected().get("official").get("argmax_flat");
    Scorer scorer = officialScorer("student");
    for (int i = 0; i < expected.size(); i++) {
      Analysis analysis = official("student", i);
      float[] map =
          scorer
              .scaling()
              .combine(
                  MapVariant.PUAD.calibrated(analysis.student(), 56, 256),
                  MapVariant.PUAD.calibrated(analysis.autoencoder(), 56, 256));
      int largest = 0;
      for (int p = 0; p < map.length; p++) {
        largest = map[p] > map[largest] ? p : largest;
      }
      assertThat(largest).isEqualTo(expected.get(i).intValue());
    }
  }

  /** The official code fits in single precision; a Gaussian in double is what ours is. */
  @ParameterizedTest
  @ValueSource(strings = {"student", "teacher"})
  void unpicturableScoresAreThoseOfAGaussianInDouble(String source) {
    JsonNode puad = OfficialMaps.expected().get("puad").get(source);
    JsonNode expected = puad.get("mahalanobis_float64_gaussian");
    Scorer scorer = officialScorer(source);
    for (int i = 0; i < expected.size(); i++) {
      double distance = expected.get(i).doubleValue();
      assertThat(scorer.score(official(source, i), 256, 256).unpicturable())
          .isCloseTo(distance, within(1e-9 * distance));
    }
    double shrinkage = puad.get("shrinkage_float64").doubleValue();
    assertThat(LedoitWolf.shrinkage(moments(source))).isCloseTo(shrinkage, within(1e-9));
  }

  @Test
  void picturableScoresOfValidationImagesAreTheOfficialOnes() {
    JsonNode expected =
        OfficialMaps.expected().get("puad").get("student").get("validation_efficient_ad");
    List<float[]> student = OfficialMaps.each("validation-raw-student");
    List<float[]> autoencoder = OfficialMaps.each("validation-raw-autoencoder");
    Scorer scorer = officialScorer("student");
    for (int i = 0; i < expected.size(); i++) {
      Analysis analysis = new Analysis(student.get(i), autoencoder.get(i), new double[CHANNELS]);
      assertThat(scorer.score(analysis, 256, 256).picturable())
          .isCloseTo(expected.get(i).doubleValue(), within(2e-5));
    }
  }

  @Test
  void picturableScoresAreTheOfficialOnes() {
    JsonNode expected = OfficialMaps.expected().get("official").get("image_scores");
    Scorer scorer = officialScorer("student");
    for (int i = 0; i < expected.size(); i++) {
      assertThat(scorer.score(official("student", i), 256, 256).picturable())
          .isCloseTo(expected.get(i).doubleValue(), within(2e-5));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"student", "teacher"})
  void unpicturableScoresAreTheOfficialOnes(String source) {
    JsonNode expected = OfficialMaps.expected().get("puad").get(source).get("mahalanobis");
    Scorer scorer = officialScorer(source);
    for (int i = 0; i < expected.size(); i++) {
      double distance = expected.get(i).doubleValue();
      assertThat(scorer.score(official(source, i), 256, 256).unpicturable())
          .isCloseTo(distance, within(2e-4 * distance));
    }
  }

  /** The largest value of the map at the image's size, where interpolation lowers a peak. */
  @Test
  void thePicturableScoreIsTakenAfterResizing() {
    float[] peak = new float[9];
    peak[4] = 8;
    Gaussian gaussian = new Gaussian(new double[1], new double[] {1});
    Scorer scorer = new Scorer(2, 3, MapVariant.PUAD, new MapScaling(0, 1, 0, 1), gaussian);
    // Each of the 2 × 2 outputs reads at 0.25 or 1.75: the peak's weight is 0.25 along each axis.
    assertThat(scorer.score(new Analysis(peak, new float[9], new double[1]), 7, 7).picturable())
        .isCloseTo(0.5 * 0.1 * 8 * 0.25 * 0.25, within(1e-7));
  }

  @ParameterizedTest
  @EnumSource
  void survivesSerialization(MapVariant variant) {
    Scorer scorer = NarrowDetector.calibration(variant).scorer();
    float[] map = new float[NarrowDetector.ARCHITECTURE.positions()];
    Analysis analysis = new Analysis(map, map, new double[] {1, 2, 3, 4, 5});
    assertThat(JavaSerialization.roundTrip(scorer).score(analysis, 64, 48))
        .isEqualTo(scorer.score(analysis, 64, 48));
  }

  /** The Gaussian of the official training features, with the official quantiles. */
  static Scorer officialScorer(String source) {
    return new Scorer(
        OfficialMaps.IMAGE_SIZE,
        OfficialMaps.OUTPUT_SIZE,
        MapVariant.PUAD,
        OfficialMaps.scaling(),
        Gaussian.fit(moments(source)));
  }

  /** The moments of the official training features. */
  static VectorMoments moments(String source) {
    double[] features = Fixtures.npy("maps/puad-features-" + source + "-train.npy").doubles();
    VectorMoments moments = new VectorMoments();
    for (int start = 0; start < features.length; start += CHANNELS) {
      moments.add(Arrays.copyOfRange(features, start, start + CHANNELS));
    }
    return moments;
  }

  /** The official analysis of the i-th test image. */
  static Analysis official(String source, int i) {
    double[] features = Fixtures.npy("maps/puad-features-" + source + ".npy").doubles();
    return new Analysis(
        OfficialMaps.each("raw-student").get(i),
        OfficialMaps.each("raw-autoencoder").get(i),
        Arrays.copyOfRange(features, i * CHANNELS, (i + 1) * CHANNELS));
  }
}
