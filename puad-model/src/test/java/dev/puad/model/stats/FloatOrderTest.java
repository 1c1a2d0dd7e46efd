package dev.puad.model.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FloatOrderTest {

  private static final float[] ASCENDING = {
    Float.NEGATIVE_INFINITY,
    -Float.MAX_VALUE,
    -1.5f,
    -Float.MIN_NORMAL,
    -Float.MIN_VALUE,
    0f,
    Float.MIN_VALUE,
    Float.MIN_NORMAL,
    1f,
    Math.nextUp(1f),
    Float.MAX_VALUE,
    Float.POSITIVE_INFINITY
  };

  @Test
  void keysAscendWithTheValues() {
    for (int i = 1; i < ASCENDING.length; i++) {
      assertThat(
              Integer.compareUnsigned(
                  FloatOrder.key(ASCENDING[i - 1]), FloatOrder.key(ASCENDING[i])))
          .isNegative();
    }
  }

  @Test
  void bothZerosHaveOneKey() {
    assertThat(FloatOrder.key(-0f)).isEqualTo(FloatOrder.key(0f));
  }

  @Test
  void aKeyGivesItsValueBack() {
    for (float value : ASCENDING) {
      assertThat(FloatOrder.value(FloatOrder.key(value))).isEqualTo(value);
    }
    Random random = new Random(7);
    for (int i = 0; i < 1000; i++) {
      float value = (float) random.nextGaussian();
      assertThat(FloatOrder.value(FloatOrder.key(value))).isEqualTo(value);
    }
  }
}
