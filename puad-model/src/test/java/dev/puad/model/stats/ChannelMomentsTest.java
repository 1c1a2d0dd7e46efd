package dev.puad.model.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChannelMomentsTest {

  private static final int CHANNELS = 5;
  private static final int POSITIONS = 12;
  private static final int IMAGES = 9;
  private static final float[][] FEATURES = features();

  @Test
  void meanAndDeviationFollowTheirDefinitions() {
    double[] mean = new double[CHANNELS];
    double[] deviation = new double[CHANNELS];
    int n = IMAGES * POSITIONS;
    for (int c = 0; c < CHANNELS; c++) {
      for (float[] image : FEATURES) {
        for (int i = 0; i < POSITIONS; i++) {
          mean[c] += image[c * POSITIONS + i] / (double) n;
        }
      }
      for (float[] image : FEATURES) {
        for (int i = 0; i < POSITIONS; i++) {
          deviation[c] += Math.pow(image[c * POSITIONS + i] - mean[c], 2) / (n - 1);
        }
      }
      deviation[c] = Math.sqrt(deviation[c]);
    }
    assertThat(part(0, IMAGES).count()).isEqualTo(n);
    LargestEntry.assertClose(part(0, IMAGES).mean(), mean, 1e-12);
    LargestEntry.assertClose(part(0, IMAGES).standardDeviation(1), deviation, 1e-12);
  }

  @Test
  void anEmptyStateIsTheIdentity() {
    assertSame(new ChannelMoments().mergeWith(part(0, IMAGES)), part(0, IMAGES));
    assertSame(part(0, IMAGES).mergeWith(new ChannelMoments()), part(0, IMAGES));
  }

  @Test
  void mergingIsCommutative() {
    assertSame(part(0, 4).mergeWith(part(4, IMAGES)), part(4, IMAGES).mergeWith(part(0, 4)));
  }

  @Test
  void mergingIsAssociative() {
    assertSame(
        part(0, 1).mergeWith(part(1, 5)).mergeWith(part(5, IMAGES)),
        part(0, 1).mergeWith(part(1, 5).mergeWith(part(5, IMAGES))));
  }

  @Test
  void everySplitEqualsTheWhole() {
    for (int at = 0; at <= IMAGES; at++) {
      assertSame(part(0, at).mergeWith(part(at, IMAGES)), part(0, IMAGES));
    }
  }

  @Test
  void mergingLeavesTheOtherStateAsItIs() {
    ChannelMoments other = part(4, IMAGES);
    new ChannelMoments().mergeWith(other).add(FEATURES[0], CHANNELS, POSITIONS);
    assertSame(other, part(4, IMAGES));
  }

  @Test
  void survivesSerialization() {
    assertSame(JavaSerialization.roundTrip(part(0, IMAGES)), part(0, IMAGES));
  }

  @Test
  void refusesNanWithoutAddingAnything() {
    ChannelMoments moments = part(0, 3);
    float[] broken = FEATURES[3].clone();
    broken[2 * POSITIONS] = Float.NaN;
    assertThatThrownBy(() -> moments.add(broken, CHANNELS, POSITIONS))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot use features with NaN or infinity in channel 2: check the network's weights.");
    assertSame(moments, part(0, 3));
  }

  @Test
  void refusesAnotherNumberOfChannels() {
    assertThatThrownBy(() -> part(0, 1).add(new float[6], 3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Features of 3 channels do not belong with features of 5 channels.");
  }

  @Test
  void refusesAShapeThatDoesNotFitTheFeatures() {
    assertThatThrownBy(() -> new ChannelMoments().add(new float[7], 3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("7 features do not fill 3 channels of 2 positions.");
  }

  private static ChannelMoments part(int from, int to) {
    ChannelMoments moments = new ChannelMoments();
    for (int i = from; i < to; i++) {
      moments.add(FEATURES[i], CHANNELS, POSITIONS);
    }
    return moments;
  }

  private static float[][] features() {
    Random random = new Random(2);
    float[][] features = new float[IMAGES][CHANNELS * POSITIONS];
    for (float[] image : features) {
      for (int i = 0; i < image.length; i++) {
        image[i] = (float) (random.nextGaussian() * (i / POSITIONS + 1) + 3);
      }
    }
    return features;
  }

  private static void assertSame(ChannelMoments actual, ChannelMoments expected) {
    assertThat(actual.count()).isEqualTo(expected.count());
    LargestEntry.assertClose(actual.mean(), expected.mean(), 1e-12);
    LargestEntry.assertClose(actual.standardDeviation(1), expected.standardDeviation(1), 1e-12);
  }
}
