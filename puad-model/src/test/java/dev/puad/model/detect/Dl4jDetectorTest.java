package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.Fixtures;
import dev.puad.model.image.Normalization;
import dev.puad.model.image.RgbImage;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.OfficialNetworks;
import dev.puad.model.network.TeacherNetwork;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class Dl4jDetectorTest {

  private static final int CHANNELS = 24;
  private static final int POSITIONS = 56 * 56;
  private static final int IMAGES = OfficialNetworks.OUTPUTS;

  @Test
  void mapsOfTheOfficialOutputsAreTheOfficialMaps() {
    float[] student = Fixtures.npy("networks/reduced/student-output.npy").floats();
    float[] teacher = Fixtures.npy("networks/reduced/teacher-output.npy").floats();
    float[] autoencoder = Fixtures.npy("networks/reduced/autoencoder-output.npy").floats();
    for (int i = 0; i < IMAGES; i++) {
      float[] local = channels(student, 2 * i);
      float[] global = channels(student, 2 * i + 1);
      assertMap(
          Dl4jDetector.meanSquaredDifference(
              officialStatistics().normalize(channels(teacher, i)), local, CHANNELS),
          "maps/raw-student.npy",
          i);
      assertMap(
          Dl4jDetector.meanSquaredDifference(channels(autoencoder, i), global, CHANNELS),
          "maps/raw-autoencoder.npy",
          i);
    }
  }

  @Test
  void featuresOfTheOfficialOutputsAreTheOfficialFeatures() {
    float[] student = Fixtures.npy("networks/reduced/student-output.npy").floats();
    float[] teacher = Fixtures.npy("networks/reduced/teacher-output.npy").floats();
    for (int i = 0; i < IMAGES; i++) {
      assertFeatures(channels(student, 2 * i), "maps/puad-features-student.npy", i);
      assertFeatures(
          officialStatistics().normalize(channels(teacher, i)),
          "maps/puad-features-teacher.npy",
          i);
    }
  }

  @Test
  void theMapIsTheMeanOverChannelsOfSquaredDifferences() {
    float[] a = {1, 2, 3, 4, 5, 6};
    float[] b = {0, 2, 1, 1, 7, 5};
    assertThat(Dl4jDetector.meanSquaredDifference(a, b, 2))
        .containsExactly((1 + 9) / 2f, (0 + 4) / 2f, (4 + 1) / 2f);
  }

  @Test
  void featuresAreTheMeansOfEachChannel() {
    assertThat(Dl4jDetector.spatialMeans(new float[] {1, 2, 6, -1, 0, 4}, 2)).containsExactly(3, 1);
  }

  @Test
  void theStudentIsThePooledOneByChoice() {
    byte[] image = NarrowDetector.image(5);
    Analysis analysis = analysis(FeatureSource.STUDENT, image);
    Analysis other = analysis(FeatureSource.TEACHER, image);
    assertThat(analysis.student()).isEqualTo(other.student());
    assertThat(analysis.features()).isNotEqualTo(other.features());
  }

  @Test
  void theTeachersFeaturesAreItsNormalizedMeans() {
    Architecture architecture = NarrowDetector.ARCHITECTURE;
    PackedNetworks packed = NarrowDetector.of(FeatureSource.TEACHER).packed();
    byte[] image = NarrowDetector.image(5);
    double[] means;
    try (TeacherNetwork teacher = TeacherNetwork.read(architecture, packed.teacher())) {
      means =
          Dl4jDetector.spatialMeans(teacher.describe(normalized(image)), architecture.channels());
    }
    double[] features = analysis(FeatureSource.TEACHER, image).features();
    for (int c = 0; c < features.length; c++) {
      double expected =
          (means[c] - packed.statistics().mean()[c]) / packed.statistics().standardDeviation()[c];
      assertThat(features[c]).isCloseTo(expected, within(1e-6));
    }
  }

  @Test
  void mapsHaveTheNetworksOutputSize() {
    Analysis analysis = analysis(FeatureSource.STUDENT, NarrowDetector.image(5));
    assertThat(analysis.student()).hasSize(NarrowDetector.ARCHITECTURE.positions());
    assertThat(analysis.autoencoder()).hasSize(NarrowDetector.ARCHITECTURE.positions());
    assertThat(analysis.features()).hasSize(NarrowDetector.ARCHITECTURE.channels());
  }

  private static Analysis analysis(FeatureSource source, byte[] image) {
    try (Detector detector = NarrowDetector.of(source).packed().open(Device.cpu(1))) {
      return detector.analyze(List.of(image)).get(0);
    }
  }

  private static float[] normalized(byte[] image) {
    int side = NarrowDetector.ARCHITECTURE.imageSize();
    return Normalization.normalize(new RgbImage(side, side, image));
  }

  private static TeacherStatistics officialStatistics() {
    return new TeacherStatistics(
        Fixtures.npy("training/teacher-mu-official.npy").doubles(),
        Fixtures.npy("training/teacher-sigma-official.npy").doubles());
  }

  /** The i-th block of 24 channels. */
  private static float[] channels(float[] outputs, int i) {
    int length = CHANNELS * POSITIONS;
    return Arrays.copyOfRange(outputs, i * length, (i + 1) * length);
  }

  private static void assertMap(float[] map, String file, int i) {
    float[] expected = Fixtures.npy(file).floats();
    for (int p = 0; p < POSITIONS; p++) {
      float value = expected[i * POSITIONS + p];
      assertThat((double) map[p]).isCloseTo(value, within(1e-5 + 1e-4 * value));
    }
  }

  private static void assertFeatures(float[] description, String file, int i) {
    double[] expected = Fixtures.npy(file).doubles();
    double[] means = Dl4jDetector.spatialMeans(description, CHANNELS);
    for (int c = 0; c < CHANNELS; c++) {
      assertThat(means[c]).isCloseTo(expected[i * CHANNELS + c], within(2e-5));
    }
  }
}
