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
  private static final int LONGEST_HEADER = 1 << 16;

  /** A message is one line: it shows no more of a header. */
  private static final int SHOWN_HEADER = 100;

  private static final Pattern HEADER =
      Pattern.compile(
          "\\{\\s*'descr':\\s*'([^']*)',\\s*'fortran_order':\\s*(True|False),\\s*'shape':\\s*\\(([^)]*)\\),?\\s*\\}\\s*");

  public NpyArray {
    if (byteLength(type, shape) != bytes.length) {
      throw new IllegalArgumentException(
          "Cannot make an array of %d bytes from %d bytes."
              .formatted(byteLength(type, shape), bytes.length));
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
      throw new BadInputException(
          "Cannot read %s: it is not a NumPy array. Write it with numpy.save.".formatted(name));
    }
    String header = header(name, preamble[6], in);
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.matches()) {
      throw misunderstood(name, header);
    }
    if (matcher.group(2).equals("True")) {
      throw new BadInputException(
          "Cannot read %s: it is in Fortran order. Save it in C order.".formatted(name));
    }
    Type type = typeOf(name, matcher.group(1));
    int[] shape;
    int length;
    try {
      shape = shapeOf(matcher.group(3));
      length = Math.toIntExact(byteLength(type, shape));
    } catch (IllegalArgumentException e) {
      throw misunderstood(name, header);
    } catch (ArithmeticException e) {
      throw new BadInputException(
          "Cannot read %s: its shape (%s) takes more than 2 GiB. Split it."
              .formatted(name, matcher.group(3)),
          e);
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new BadInputException(
          "Cannot read %s: it ends after %d of %d bytes. Replace the file."
              .formatted(name, bytes.length, length));
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

  private static String header(String name, byte version, InputStream in) throws IOException {
    if (version < 1 || version > 3) {
      throw new BadInputException(
          "Cannot read %s: its format version %d is not 1, 2 or 3. Write it with numpy.save."
              .formatted(name, version));
    }
    byte[] encoded = in.readNBytes(version == 1 ? 2 : 4);
    long length = 0;
    for (int i = encoded.length - 1; i >= 0; i--) {
      length = (length << 8) | Byte.toUnsignedInt(encoded[i]);
    }
    if (length > LONGEST_HEADER) {
      throw new BadInputException(
          "Cannot read %s: its header of %d bytes is longer than %d. Write it with numpy.save."
              .formatted(name, length, LONGEST_HEADER));
    }
    return new String(in.readNBytes((int) length), StandardCharsets.UTF_8);
  }

  private static BadInputException misunderstood(String name, String header) {
    String shown = header.strip().replaceAll("\\P{Print}", "?");
    return new BadInputException(
        "Cannot read %s: its header %s is not understood. Write it with numpy.save."
            .formatted(name, shown.substring(0, Math.min(shown.length(), SHOWN_HEADER))));
  }

  /**
   * The bytes of an array.
   *
   * @throws IllegalArgumentException if an axis is negative
   * @throws ArithmeticException if they exceed a long
   */
  private static long byteLength(Type type, int[] shape) {
    long length = type.width;
    for (int axis : shape) {
      if (axis < 0) {
        throw new IllegalArgumentException("An axis of length %d.".formatted(axis));
      }
      length = Math.multiplyExact(length, axis);
    }
    return length;
  }

  private static Type typeOf(String name, String descriptor) {
    for (Type type : Type.values()) {
      if (type.descriptor.equals(descriptor)) {
        return type;
      }
    }
    throw new BadInputException(
        "Cannot read %s: its element type %s is none of |u1, <i8, <f4, <f8. Convert it first."
            .formatted(name, descriptor));
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
