package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.DistillationNetwork;
import dev.puad.model.network.NarrowNetworks;
import dev.puad.model.network.OfficialNetworks;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.stats.ChannelMoments;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TeacherStatisticsTest {

  private static final int CHANNELS = 3;
  private static final int POSITIONS = 20;

  @ParameterizedTest
  @CsvSource({
    "PUAD, teacher-mu-official, teacher-sigma-official",
    "PUAD, teacher-mu-float64, teacher-sigma-float64",
    "NELSON1425, teacher-mean-nelson, teacher-std-nelson"
  })
  void statisticsOfTheTrainingImagesAreThoseOfItsCode(
      MapVariant variant, String mean, String deviation) {
    TeacherStatistics statistics = TeacherStatistics.of(official(), variant);
    double[] expectedMean = Fixtures.npy("training/" + mean + ".npy").doubles();
    double[] expectedDeviation = Fixtures.npy("training/" + deviation + ".npy").doubles();
    assertThat(statistics.mean()).containsExactly(expectedMean, within(1e-6));
    assertThat(statistics.standardDeviation()).containsExactly(expectedDeviation, within(1e-6));
  }

  /** The two differ by 3e-5 of their size: less than float32 shows in a map. */
  @Test
  void thePublishedCodesTakeDifferentDeviations() {
    double values = 6 * 56 * 56;
    ChannelMoments moments = official();
    double[] puad = TeacherStatistics.of(moments, MapVariant.PUAD).standardDeviation();
    double[] nelson = TeacherStatistics.of(moments, MapVariant.NELSON1425).standardDeviation();
    for (int c = 0; c < puad.length; c++) {
      assertThat(puad[c] / nelson[c]).isCloseTo(Math.sqrt(values / (values - 1)), within(1e-12));
    }
  }

  @Test
  void normalizedDescriptionsHaveMeanZeroAndDeviationOne() {
    SplittableRandom random = new SplittableRandom(1);
    float[][] descriptions = new float[4][CHANNELS * POSITIONS];
    ChannelMoments moments = new ChannelMoments();
    for (float[] description : descriptions) {
      for (int i = 0; i < description.length; i++) {
        int channel = i / POSITIONS;
        description[i] = (float) (5 * random.nextGaussian() + channel);
      }
      moments.add(description, CHANNELS, POSITIONS);
    }
    TeacherStatistics statistics = TeacherStatistics.of(moments, MapVariant.PUAD);
    for (float[] description : descriptions) {
      assertThat(statistics.normalize(description)).isSameAs(description);
    }
    for (int c = 0; c < CHANNELS; c++) {
      double sum = 0;
      double squares = 0;
      for (float[] description : descriptions) {
        for (int i = c * POSITIONS; i < (c + 1) * POSITIONS; i++) {
          sum += description[i];
          squares += (double) description[i] * description[i];
        }
      }
      int count = descriptions.length * POSITIONS;
      assertThat(sum / count).isCloseTo(0, within(1e-6));
      assertThat(squares / (count - 1)).isCloseTo(1, within(1e-5));
    }
  }

  @Test
  void aChannelThatNeverVariesIsRefused() {
    ChannelMoments moments = new ChannelMoments().add(new float[] {1, 2, 7, 7}, 2, 2);
    moments.add(new float[] {3, 4, 7, 7}, 2, 2);
    assertThatThrownBy(() -> TeacherStatistics.of(moments, MapVariant.PUAD))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot normalise the teacher: channel 1 is the same everywhere in the training"
                + " images. Check that they are not blank, or choose another teacher.");
  }

  /** So a random teacher gains nothing by weights that are scaled layer by layer. */
  @Test
  void theScaleOfALayerWithoutBiasIsNoMatterOnceATeacherIsNormalized() {
    Architecture narrow = NarrowNetworks.ARCHITECTURE;
    SplittableRandom random = new SplittableRandom(2);
    float[][] images = new float[3][narrow.imageLength()];
    for (float[] image : images) {
      for (int i = 0; i < image.length; i++) {
        image[i] = (float) random.nextGaussian();
      }
    }
    try (TeacherNetwork plain = TeacherNetwork.random(narrow, 7);
        DistillationNetwork scaled =
            DistillationNetwork.unitVariance(
                narrow, new DistillationNetwork.Optimizer(1e-3, 0), 7, images, narrow.imageSize());
        TeacherNetwork unitVariance = TeacherNetwork.of(narrow, scaled.teacher())) {
      float[][] expected = normalized(plain, narrow, images);
      float[][] found = normalized(unitVariance, narrow, images);
      for (int i = 0; i < images.length; i++) {
        assertThat(found[i]).containsExactly(expected[i], within(1e-4f));
      }
      assertThat(unitVariance.describe(images[0])[0])
          .isNotCloseTo(plain.describe(images[0])[0], within(1e-2f));
    }
  }

  private static float[][] normalized(
      TeacherNetwork teacher, Architecture architecture, float[][] images) {
    float[][] descriptions = new float[images.length][];
    ChannelMoments moments = new ChannelMoments();
    for (int i = 0; i < images.length; i++) {
      descriptions[i] = teacher.describe(images[i]);
      moments.add(descriptions[i], architecture.channels(), architecture.positions());
    }
    TeacherStatistics statistics = TeacherStatistics.of(moments, MapVariant.PUAD);
    for (float[] description : descriptions) {
      statistics.normalize(description);
    }
    return descriptions;
  }

  /** The moments of the official teacher over the official training images. */
  private static ChannelMoments official() {
    Architecture architecture = OfficialNetworks.REDUCED;
    ChannelMoments moments = new ChannelMoments();
    try (TeacherNetwork teacher =
        TeacherNetwork.of(architecture, OfficialNetworks.reduced("teacher"))) {
      for (float[] image : OfficialNetworks.images("networks/images/train-u8.npy")) {
        moments.add(teacher.describe(image), architecture.channels(), architecture.positions());
      }
    }
    return moments;
  }

  @Test
  void meansAndDeviationsBelongTogether() {
    assertThatThrownBy(() -> new TeacherStatistics(new double[2], new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 means do not belong with 3 standard deviations.");
  }
}
