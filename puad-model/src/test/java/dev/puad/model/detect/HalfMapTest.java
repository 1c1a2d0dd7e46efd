package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfMapTest {

  @ParameterizedTest
  @CsvSource({"0, 1", "-3, 0.5", "100, 2", "0, 1e-20", "0, 1e20"})
  void valuesReadBackWithinTheStatedError(float offset, float scale) {
    SplittableRandom random = new SplittableRandom(1);
    float[] map = new float[5000];
    for (int i = 0; i < map.length; i++) {
      map[i] = offset + scale * (float) random.nextDouble();
    }
    HalfMap half = HalfMap.of(map);
    float[] read = half.toFloats();
    // Beyond the bound, only the rounding of offset + scale · half itself.
    double rounding = Math.ulp(Math.abs(offset) + scale);
    for (int i = 0; i < map.length; i++) {
      assertThat((double) read[i]).isCloseTo(map[i], within(half.scale() / 4096.0 + 2 * rounding));
    }
  }

  @Test
  void extremesReadBackExactly() {
    assertThat(HalfMap.of(new float[] {-2, 6, 2}).toFloats()).containsExactly(-2, 6, 2);
  }

  @Test
  void aConstantMapReadsBackExactly() {
    HalfMap half = HalfMap.of(new float[] {0.3f, 0.3f});
    assertThat(half.scale()).isZero();
    assertThat(half.toFloats()).containsExactly(0.3f, 0.3f);
  }

  /** What other readers of the table decode: IEEE 754 half precision, little-endian. */
  @Test
  void halvesAreStoredLittleEndian() {
    ByteBuffer halves = ByteBuffer.wrap(HalfMap.of(new float[] {0, 1, 0.5f, 0.25f}).halves());
    halves.order(ByteOrder.LITTLE_ENDIAN);
    assertThat(
            new short[] {
              halves.getShort(), halves.getShort(), halves.getShort(), halves.getShort()
            })
        .containsExactly(0, 0x3C00, 0x3800, 0x3400);
  }
}
