package dev.puad.model.weights;

import dev.puad.model.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array in NumPy's {@code .npy} format, versions 1 to 3, little-endian and C order.
 *
 * @param type the element type
 * @param shape the length of each axis; empty for a scalar
 * @param bytes the elements, little-endian, in C order
 */
public record NpyArray(Type type, int[] shape, byte[] bytes) {

  /** The element types that this reader knows, by NumPy's descriptor. */
  public enum Type {
    UINT8("|u1", 1),
    INT64("<i8", 8),
    FLOAT32("<f4", 4),
    FLOAT64("<f8", 8);

    private final String descriptor;
    private final int width;

    Type(String descriptor, int width) {
      this.descriptor = descriptor;
      this.width = width;
    }
  }

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int HEADER_ALIGNMENT = 64;
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{\\s*'descr':\\s*'([^']*)',\\s*'fortran_order':\\s*(True|False),\\s*'shape':\\s*\\(([^)]*)\\),?\\s*\\}\\s*");

  public NpyArray {
    long length = type.width;
    for (int axis : shape) {
      length = Math.multiplyExact(length, axis);
    }
    if (length != bytes.length) {
      throw new IllegalArgumentException(
          "Cannot make an array of %d bytes from %d bytes.".formatted(length, bytes.length));
    }
  }

  /** A float64 array of the given shape. */
  public static NpyArray of(double[] values, int... shape) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asDoubleBuffer().put(values);
    return new NpyArray(Type.FLOAT64, shape, buffer.array());
  }

  /** The number of elements. */
  public int size() {
    return bytes.length / type.width;
  }

  /** The elements as float64, whatever their type; int64 beyond 2^53 is rounded. */
  public double[] doubles() {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    double[] values = new double[size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case UINT8 -> Byte.toUnsignedInt(buffer.get(i));
            case INT64 -> buffer.getLong(8 * i);
            case FLOAT32 -> buffer.getFloat(4 * i);
            case FLOAT64 -> buffer.getDouble(8 * i);
          };
    }
    return values;
  }

  /** The elements as float32; float64 is rounded. */
  public float[] floats() {
    double[] wide = doubles();
    float[] values = new float[wide.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) wide[i];
    }
    return values;
  }

  /**
   * Reads one array to the end of its data.
   *
   * @param name what to call the array in an error
   * @throws BadInputException if the bytes are not a supported {@code .npy} array
   */
  public static NpyArray read(String name, InputStream in) throws IOException {
    byte[] preamble = in.readNBytes(8);
    if (preamble.length < 8 || !Arrays.equals(preamble, 0, 6, MAGIC, 0, 6)) {
      throw new BadInputException("Cannot read %s: it is not a NumPy array.".formatted(name));
    }
    int lengthBytes = preamble[6] == 1 ? 2 : 4;
    int headerLength = 0;
    byte[] encoded = in.readNBytes(lengthBytes);
    for (int i = encoded.length - 1; i >= 0; i--) {
      headerLength = (headerLength << 8) | Byte.toUnsignedInt(encoded[i]);
    }
    if (headerLength < 0 || headerLength > 1 << 16) {
      throw new BadInputException(
          "Cannot read %s: a header of %d bytes is too long.".formatted(name, headerLength));
    }
    String header = new String(in.readNBytes(headerLength), StandardCharsets.UTF_8);
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.matches()) {
      throw new BadInputException(
          "Cannot read %s: its header %s is not understood.".formatted(name, header.strip()));
    }
    if (matcher.group(2).equals("True")) {
      throw new BadInputException(
          "Cannot read %s: save it in C order, not Fortran order.".formatted(name));
    }
    Type type = typeOf(name, matcher.group(1));
    int[] shape = shapeOf(matcher.group(3));
    long length = type.width;
    for (int axis : shape) {
      length = Math.multiplyExact(length, axis);
    }
    byte[] bytes = in.readNBytes(Math.toIntExact(length));
    if (bytes.length < length) {
      throw new BadInputException(
          "Cannot read %s: it ends after %d of %d bytes.".formatted(name, bytes.length, length));
    }
    return new NpyArray(type, shape, bytes);
  }

  /** Writes this array in version 1.0. */
  public void write(OutputStream out) throws IOException {
    StringBuilder header = new StringBuilder("{'descr': '").append(type.descriptor);
    header.append("', 'fortran_order': False, 'shape': (");
    for (int axis : shape) {
      header.append(axis).append(shape.length == 1 ? "," : ", ");
    }
    header.append("), }");
    int unpadded = MAGIC.length + 4 + header.length() + 1;
    header.append(" ".repeat(Math.floorMod(-unpadded, HEADER_ALIGNMENT))).append('\n');
    out.write(MAGIC);
    out.write(new byte[] {1, 0, (byte) header.length(), (byte) (header.length() >> 8)});
    out.write(header.toString().getBytes(StandardCharsets.US_ASCII));
    out.write(bytes);
  }

  private static Type typeOf(String name, String descriptor) {
    for (Type type : Type.values()) {
      if (type.descriptor.equals(descriptor)) {
        return type;
      }
    }
    throw new BadInputException(
        "Cannot read %s: element type %s is not supported.".formatted(name, descriptor));
  }

  private static int[] shapeOf(String text) {
    List<Integer> axes = new ArrayList<>();
    for (String axis : text.split(",", -1)) {
      if (!axis.isBlank()) {
        axes.add(Integer.parseInt(axis.strip()));
      }
    }
    return axes.stream().mapToInt(Integer::intValue).toArray();
  }
}
