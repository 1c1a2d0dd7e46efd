package dev.puad.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyFormatTest {

  private static final String VECTOR_OF_TWO = header("<f4", "False", "(2,)");

  static Stream<Tensor> arraysReadBackAsWritten() {
    return Stream.of(
        Tensor.of(new double[] {1, -0.0, Double.MIN_VALUE, 4, 5, 6}, 2, 3),
        Tensor.of(new double[] {Math.PI}),
        Tensor.of(new double[0], 0, 4),
        new Tensor(Tensor.Type.FLOAT32, new int[] {1, 2}, bytes(Float.BYTES * 2)),
        new Tensor(Tensor.Type.INT64, new int[] {3}, bytes(Long.BYTES * 3)),
        new Tensor(Tensor.Type.UINT8, new int[] {2, 1, 2}, bytes(4)));
  }

  @ParameterizedTest
  @MethodSource
  void arraysReadBackAsWritten(Tensor array) {
    Tensor read = read(written(array));
    assertThat(read.type()).isEqualTo(array.type());
    assertThat(read.shape()).isEqualTo(array.shape());
    assertThat(read.bytes()).isEqualTo(array.bytes());
  }

  /** NumPy aligns the data, so that a file can be mapped into memory. */
  @Test
  void dataStartAtAMultipleOf64() {
    for (int axes = 0; axes < 20; axes++) {
      int[] shape = new int[axes];
      Arrays.fill(shape, 1);
      byte[] file = written(Tensor.of(new double[] {1}, shape));
      assertThat((file.length - Double.BYTES) % 64).isZero();
    }
  }

  @Test
  void everyTypeIsReadAsNumbers() {
    ByteBuffer longs = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    longs.putLong(-3).putLong(1L << 40);
    ByteBuffer floats = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    floats.putFloat(0.1f).putFloat(Float.NEGATIVE_INFINITY);
    assertThat(new Tensor(Tensor.Type.UINT8, new int[] {2}, new byte[] {-1, 7}).doubles())
        .containsExactly(255, 7);
    assertThat(new Tensor(Tensor.Type.INT64, new int[] {2}, longs.array()).doubles())
        .containsExactly(-3, 1L << 40);
    assertThat(new Tensor(Tensor.Type.FLOAT32, new int[] {2}, floats.array()).doubles())
        .containsExactly(0.1f, Double.NEGATIVE_INFINITY);
    assertThat(Tensor.of(new double[] {0.1, 2}, 2).floats()).containsExactly(0.1f, 2f);
  }

  @Test
  void versionsTwoAndThreeHaveALongerHeader() {
    String header = VECTOR_OF_TWO;
    for (int version = 2; version <= 3; version++) {
      ByteBuffer file = ByteBuffer.allocate(12 + header.length() + 8);
      file.order(ByteOrder.LITTLE_ENDIAN).put(magic(version)).putInt(header.length());
      file.put(header.getBytes(StandardCharsets.US_ASCII)).putFloat(1.5f).putFloat(-2);
      assertThat(read(file.array()).doubles()).containsExactly(1.5, -2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "maps/raw-student.npy, FLOAT32, 15680",
    "training/teacher-mu-float64.npy, FLOAT64, 24",
    "networks/images/test-u8.npy, UINT8, 983040",
    "networks/full-width/pdn-s-384-spot-indices.npy, INT64, 2000"
  })
  void filesOfNumPyAreRead(String file, Tensor.Type type, int size) {
    Tensor array = Fixtures.npy(file);
    assertThat(array.type()).isEqualTo(type);
    assertThat(array.size()).isEqualTo(size);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "text that is longer than a preamble"})
  void aFileThatIsNoArrayIsRefused(String text) {
    assertRefused(
        () -> read(text.getBytes(StandardCharsets.US_ASCII)),
        "Cannot read x.npy: it is not a NumPy array. Write it with numpy.save.");
  }

  @Test
  void anUnknownVersionIsRefused() {
    byte[] file = file(VECTOR_OF_TWO, 8);
    file[6] = 4;
    assertRefused(
        () -> read(file),
        "Cannot read x.npy: its format version 4 is not 1, 2 or 3. Write it with numpy.save.");
  }

  @Test
  void aFileThatEndsEarlyIsRefused() {
    assertRefused(
        () -> read(file(VECTOR_OF_TWO, 7)),
        "Cannot read x.npy: it ends after 7 of 8 bytes. Replace the file.");
  }

  @Test
  void aFileThatEndsAnywhereIsRefused() {
    byte[] whole = file(VECTOR_OF_TWO, 8);
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(part)).isInstanceOf(BadInputException.class);
    }
  }

  @Test
  void fortranOrderIsRefused() {
    assertRefused(
        () -> read(file(header("<f4", "True", "(2, 1)"), 8)),
        "Cannot read x.npy: it is in Fortran order. Save it in C order.");
  }

  @ParameterizedTest
  @ValueSource(strings = {">f4", "<f16", "|O", "<U3"})
  void anUnknownElementTypeIsRefused(String type) {
    assertRefused(
        () -> read(file(header(type, "False", "(2,)"), 8)),
        ("Cannot read x.npy: its element type %s is none of |b1, |u1, |i1, <i2, <i4, <i8, <f2, <f4,"
                + " <f8. Convert it first.")
            .formatted(type));
  }

  @Test
  void aHeaderThatIsTooLongIsRefused() {
    ByteBuffer file = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    file.put(magic(2)).putInt(-1);
    assertRefused(
        () -> read(file.array()),
        "Cannot read x.npy: its header of 4294967295 bytes is longer than 65536."
            + " Write it with numpy.save.");
  }

  @Test
  void moreAxesThanNumPyHasAreRefused() {
    String header = header("|u1", "False", "(" + "1,".repeat(65) + ")");
    assertRefused(
        () -> read(file(header, 1)),
        "Cannot read x.npy: its header %s is not understood. Write it with numpy.save."
            .formatted(header.substring(0, 100)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"(-2,)", "(2L,)", "(two,)", "(99999999999,)"})
  void aShapeThatIsNoneIsRefused(String shape) {
    String header = header("<f4", "False", shape);
    assertRefused(
        () -> read(file(header, 8)),
        "Cannot read x.npy: its header %s is not understood. Write it with numpy.save."
            .formatted(header.strip()));
  }

  @Test
  void aHeaderIsShownOnOneLineAndNotInFull() {
    String header = "{'descr':\n[('a', '<f4')]" + " ".repeat(300) + "}";
    assertRefused(
        () -> read(file(header, 8)),
        "Cannot read x.npy: its header %s is not understood. Write it with numpy.save."
            .formatted(header.replace('\n', '?').substring(0, 100)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"(1073741824,)", "(2000000000, 2000000000, 2000000000)"})
  void aShapeBeyondMemoryIsRefused(String shape) {
    assertRefused(
        () -> read(file(header("<f4", "False", shape), 8)),
        "Cannot read x.npy: its shape %s takes more than 2 GiB. Split it.".formatted(shape));
  }

  @Test
  void bytesThatDoNotFillTheShapeAreRefused() {
    assertThatThrownBy(() -> Tensor.of(new double[5], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot make an array of 48 bytes from 40 bytes.");
  }

  private static void assertRefused(ThrowingCallable reading, String message) {
    assertThatThrownBy(reading).isInstanceOf(BadInputException.class).hasMessage(message);
  }

  private static Tensor read(byte[] file) {
    try {
      return NpyFormat.read("x.npy", new ByteArrayInputStream(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] written(Tensor array) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      NpyFormat.write(array, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static String header(String type, String fortran, String shape) {
    return "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n".formatted(type, fortran, shape);
  }

  /** A file of version 1 with so many bytes of data. */
  private static byte[] file(String header, int data) {
    ByteBuffer file = ByteBuffer.allocate(10 + header.length() + data);
    file.order(ByteOrder.LITTLE_ENDIAN).put(magic(1)).putShort((short) header.length());
    file.put(header.getBytes(StandardCharsets.US_ASCII));
    return file.array();
  }

  private static byte[] magic(int version) {
    return new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0};
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (37 * i + 11);
    }
    return bytes;
  }
}
