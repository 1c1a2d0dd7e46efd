package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.puad.model.Fixtures;
import dev.puad.model.network.OfficialNetworks;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import dev.puad.model.stats.Gaussian;
import dev.puad.model.stats.ScalarMoments;
import dev.puad.model.stats.VectorMoments;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From the official weights and images to the official maps and scores, nothing in between. */
@ParameterizedClass
@EnumSource
class OfficialDetectorTest {

  private static final int CHANNELS = 24;

  /** Analyses of a file of images with student features, then with the teacher's. */
  private record Analysed(List<Analysis> student, List<Analysis> teacher) {

    List<Analysis> of(FeatureSource source) {
      return switch (source) {
        case STUDENT -> student;
        case TEACHER -> teacher;
      };
    }
  }

  private static Analysed train;
  private static Analysed validation;
  private static Analysed test;

  @Parameter private GraphVariant graph;

  @BeforeParameterizedClassInvocation
  static void analyse(GraphVariant graph) {
    train = analysed("train", graph);
    validation = analysed("validation", graph);
    test = analysed("test", graph);
  }

  @Test
  void mapsOfTestImagesAreTheOfficialOnes() {
    assertMaps(test, "raw-");
  }

  @Test
  void mapsOfValidationImagesAreTheOfficialOnes() {
    assertMaps(validation, "validation-raw-");
  }

  @ParameterizedTest
  @EnumSource
  void featuresAreTheOfficialOnes(FeatureSource source) {
    assertFeatures(test.of(source), "puad-features-" + source.title());
    assertFeatures(train.of(source), "puad-features-" + source.title() + "-train");
  }

  @ParameterizedTest
  @EnumSource
  void scoresAreTheOfficialOnes(FeatureSource source) {
    JsonNode puad = OfficialMaps.expected().get("puad").get(source.title());
    VectorMoments features = new VectorMoments();
    train.of(source).forEach(analysis -> features.add(analysis.features()));
    Scorer scorer =
        new Scorer(
            OfficialMaps.IMAGE_SIZE,
            OfficialMaps.OUTPUT_SIZE,
            MapVariant.PUAD,
            OfficialMaps.scaling(),
            Gaussian.fit(features));
    List<Scorer.Scores> ofValidation = scores(scorer, validation.of(source));
    ScalarMoments picturable = new ScalarMoments();
    ScalarMoments unpicturable = new ScalarMoments();
    for (int i = 0; i < ofValidation.size(); i++) {
      assertPicturable(ofValidation.get(i), puad.get("validation_efficient_ad").get(i));
      assertUnpicturable(ofValidation.get(i), puad.get("validation_mahalanobis").get(i));
      picturable.add(ofValidation.get(i).picturable());
      unpicturable.add(ofValidation.get(i).unpicturable());
    }
    Calibration calibration =
        new Calibration(
            scorer,
            ScoreNormalization.of("picturable", picturable),
            ScoreNormalization.of("unpicturable", unpicturable),
            0);
    JsonNode largest = OfficialMaps.expected().get("official").get("image_scores");
    for (int i = 0; i < largest.size(); i++) {
      Calibration.Detection found = calibration.detect(test.of(source).get(i), 256, 256);
      assertPicturable(found.scores(), largest.get(i));
      assertUnpicturable(found.scores(), puad.get("mahalanobis").get(i));
      // Two terms of either sign make the score: the tolerance is of the larger one.
      double scale = Math.max(Math.abs(found.picturableZ()), Math.abs(found.unpicturableZ()));
      assertThat(found.score())
          .as("score by graph %s", graph)
          .isCloseTo(
              puad.get("puad_score").get(i).doubleValue(), within(2e-4 * Math.max(scale, 1)));
    }
  }

  private static List<Scorer.Scores> scores(Scorer scorer, List<Analysis> analyses) {
    return analyses.stream().map(analysis -> scorer.score(analysis, 256, 256)).toList();
  }

  private static void assertPicturable(Scorer.Scores actual, JsonNode expected) {
    assertThat(actual.picturable()).isCloseTo(expected.doubleValue(), within(2e-5));
  }

  private static void assertUnpicturable(Scorer.Scores actual, JsonNode expected) {
    double distance = expected.doubleValue();
    assertThat(actual.unpicturable()).isCloseTo(distance, within(2e-4 * distance));
  }

  private static void assertMaps(Analysed analysed, String prefix) {
    List<float[]> student = OfficialMaps.each(prefix + "student");
    List<float[]> autoencoder = OfficialMaps.each(prefix + "autoencoder");
    for (int i = 0; i < student.size(); i++) {
      assertMap(analysed.student().get(i).student(), student.get(i));
      assertMap(analysed.student().get(i).autoencoder(), autoencoder.get(i));
    }
  }

  private static void assertMap(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int p = 0; p < expected.length; p++) {
      double value = expected[p];
      assertThat((double) actual[p]).isCloseTo(value, within(1e-5 + 1e-4 * value));
    }
  }

  private static void assertFeatures(List<Analysis> analyses, String file) {
    double[] expected = Fixtures.npy("maps/" + file + ".npy").doubles();
    assertThat(analyses).hasSize(expected.length / CHANNELS);
    for (int i = 0; i < analyses.size(); i++) {
      assertThat(analyses.get(i).features())
          .containsExactly(
              Arrays.copyOfRange(expected, i * CHANNELS, (i + 1) * CHANNELS), within(2e-5));
    }
  }

  private static Analysed analysed(String images, GraphVariant graph) {
    return new Analysed(
        analyses(images, FeatureSource.STUDENT, graph),
        analyses(images, FeatureSource.TEACHER, graph));
  }

  private static List<Analysis> analyses(String name, FeatureSource source, GraphVariant graph) {
    List<byte[]> images = OfficialNetworks.pixels("networks/images/" + name + "-u8.npy");
    try (Detector detector = packed(source).detector(graph).open(Device.cpu(1))) {
      return detector.analyze(images);
    }
  }

  static PackedNetworks packed(FeatureSource source) {
    TeacherStatistics statistics =
        new TeacherStatistics(
            Fixtures.npy("training/teacher-mu-official.npy").doubles(),
            Fixtures.npy("training/teacher-sigma-official.npy").doubles());
    try (TeacherNetwork teacher =
            TeacherNetwork.of(OfficialNetworks.REDUCED, OfficialNetworks.reduced("teacher"));
        TrainingNetwork training =
            TrainingNetwork.of(
                OfficialNetworks.REDUCED,
                OfficialNetworks.reduced("student"),
                OfficialNetworks.reduced("autoencoder"))) {
      return PackedNetworks.of(
          OfficialNetworks.REDUCED, teacher.bytes(), training, statistics, source);
    }
  }
}
