package dev.puad.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChannelMapTest {

  private static final int POSITIONS = 7;

  private final SplittableRandom random = new SplittableRandom(6);

  @Test
  void eachPositionsChannelsAreMultipliedAndShifted() {
    ChannelMap map = new ChannelMap(floats(3 * 5), floats(3));
    float[] channels = floats(5 * POSITIONS);

    assertClose(map.apply(channels), applied(map, channels));
  }

  @Test
  void oneMapAndThenAnotherIsBoth() {
    ChannelMap first = new ChannelMap(floats(4 * 5), floats(4));
    ChannelMap second = new ChannelMap(floats(3 * 4), floats(3));
    float[] channels = floats(5 * POSITIONS);

    assertClose(first.then(second).apply(channels), applied(second, applied(first, channels)));
  }

  @Test
  void standardizingTakesMeansOutAndDividesByDeviations() {
    ChannelMap map = ChannelMap.standardizing(new double[] {1, -2, 3}, new double[] {0.5, 4, 0.25});

    assertThat(map.apply(new float[] {1, 2, 2, -2, 2.5f, 4})).containsExactly(0, 2, 1, 0, -2, 4);
  }

  @Test
  void aChannelThatNeverVariesBecomesZero() {
    ChannelMap map = ChannelMap.standardizing(new double[] {7, 1}, new double[] {0, 2});

    assertThat(map.apply(new float[] {7, 7.5f, 3, 5})).containsExactly(0, 0, 1, 2);
  }

  @Test
  void aMatrixAloneShiftsNothing() {
    ChannelMap map = ChannelMap.linear(new double[] {1, 2, 3, 4, 5, 6}, 2);

    assertThat(map.apply(new float[] {1, 10, 100})).containsExactly(321, 654);
  }

  @Test
  void aMatrixWithoutWholeRowsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChannelMap(new float[7], new float[2]))
        .withMessage("A matrix of 7 values has no 2 rows.");
  }

  /** By definition. */
  private static float[] applied(ChannelMap map, float[] channels) {
    int outputs = map.offset().length;
    int inputs = map.matrix().length / outputs;
    float[] values = new float[outputs * POSITIONS];
    for (int i = 0; i < values.length; i++) {
      int row = i / POSITIONS;
      double sum = map.offset()[row];
      for (int k = 0; k < inputs; k++) {
        sum += (double) map.matrix()[row * inputs + k] * channels[k * POSITIONS + i % POSITIONS];
      }
      values[i] = (float) sum;
    }
    return values;
  }

  private static void assertClose(float[] found, float[] expected) {
    assertThat(found).containsExactly(expected, within(1e-5f));
  }

  private float[] floats(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
