package dev.puad.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorTest {

  @ParameterizedTest
  @CsvSource({
    "0x0000, 0",
    "0x8000, -0.0",
    "0x0001, 5.9604644775390625e-8",
    "0x03ff, 6.097555160522461e-5",
    "0x0400, 6.103515625e-5",
    "0x3555, 0.333251953125",
    "0x3c00, 1",
    "0xc080, -2.25",
    "0x7bff, 65504",
    "0x7c00, Infinity",
    "0xfc00, -Infinity",
    "0x7e00, NaN"
  })
  void halfPrecisionIsRead(String bits, double value) {
    assertThat(sixteen(Tensor.Type.FLOAT16, bits).doubles()).containsExactly(value);
  }

  @ParameterizedTest
  @CsvSource({"0x0000, 0", "0x3fc0, 1.5", "0xc010, -2.25", "0x7f80, Infinity", "0x7fc0, NaN"})
  void bfloat16IsTheUpperHalfOfFloat32(String bits, double value) {
    assertThat(sixteen(Tensor.Type.BFLOAT16, bits).doubles()).containsExactly(value);
  }

  @Test
  void integersAreReadAsNumbers() {
    ByteBuffer ints = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(7).putInt(-8);
    byte[] pair = {-1, 2};
    assertThat(new Tensor(Tensor.Type.INT32, new int[] {2}, ints.array()).doubles())
        .containsExactly(7, -8);
    assertThat(new Tensor(Tensor.Type.INT8, new int[] {2}, pair).doubles()).containsExactly(-1, 2);
    assertThat(new Tensor(Tensor.Type.BOOL, new int[] {2}, pair).doubles()).containsExactly(1, 1);
    assertThat(sixteen(Tensor.Type.INT16, "0xfffe").doubles()).containsExactly(-2);
  }

  @Test
  void float32IsKeptBitForBit() {
    float[] values = {0.1f, -0.0f, Float.MIN_VALUE, Float.NaN};
    assertThat(Tensor.of(values, 2, 2).floats()).isEqualTo(values);
  }

  @Test
  void bytesThatDoNotFillTheShapeAreRefused() {
    assertThatThrownBy(() -> Tensor.of(new float[3], 2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot make an array of 16 bytes from 12 bytes.");
  }

  private static Tensor sixteen(Tensor.Type type, String bits) {
    ByteBuffer buffer = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putShort(Integer.decode(bits).shortValue());
    return new Tensor(type, new int[] {1}, buffer.array());
  }
}
