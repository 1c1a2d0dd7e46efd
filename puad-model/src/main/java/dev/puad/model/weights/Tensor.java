package dev.puad.model.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An array of numbers of one type.
 *
 * @param type the element type
 * @param shape the length of each axis; empty for a scalar
 * @param bytes the elements, little-endian, in C order
 */
public record Tensor(Type type, int[] shape, byte[] bytes) {

  /** The element types, each of so many bytes. */
  public enum Type {
    BOOL(1),
    UINT8(1),
    INT8(1),
    INT16(2),
    INT32(4),
    INT64(8),
    FLOAT16(2),
    BFLOAT16(2),
    FLOAT32(4),
    FLOAT64(8);

    private final int width;

    Type(int width) {
      this.width = width;
    }

    /** Bytes an element. */
    public int width() {
      return width;
    }

    /** Whether fractions have a place in this type. */
    public boolean isFloating() {
      return switch (this) {
        case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> true;
        case BOOL, UINT8, INT8, INT16, INT32, INT64 -> false;
      };
    }
  }

  public Tensor {
    if (byteLength(type, shape) != bytes.length) {
      throw new IllegalArgumentException(
          "Cannot make an array of %d bytes from %d bytes."
              .formatted(byteLength(type, shape), bytes.length));
    }
  }

  /** A float32 tensor of the given shape. */
  public static Tensor of(float[] values, int... shape) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return new Tensor(Type.FLOAT32, shape, buffer.array());
  }

  /** A float64 tensor of the given shape. */
  public static Tensor of(double[] values, int... shape) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asDoubleBuffer().put(values);
    return new Tensor(Type.FLOAT64, shape, buffer.array());
  }

  /**
   * The bytes of a tensor.
   *
   * @throws IllegalArgumentException if an axis is negative
   * @throws ArithmeticException if they exceed a long
   */
  static long byteLength(Type type, int[] shape) {
    long length = type.width;
    for (int axis : shape) {
      if (axis < 0) {
        throw new IllegalArgumentException("An axis of length %d.".formatted(axis));
      }
      length = Math.multiplyExact(length, axis);
    }
    return length;
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
            case BOOL -> buffer.get(i) == 0 ? 0 : 1;
            case UINT8 -> Byte.toUnsignedInt(buffer.get(i));
            case INT8 -> buffer.get(i);
            case INT16 -> buffer.getShort(2 * i);
            case INT32 -> buffer.getInt(4 * i);
            case INT64 -> buffer.getLong(8 * i);
            case FLOAT16 -> half(buffer.getShort(2 * i));
            case BFLOAT16 -> Float.intBitsToFloat(buffer.getShort(2 * i) << 16);
            case FLOAT32 -> buffer.getFloat(4 * i);
            case FLOAT64 -> buffer.getDouble(8 * i);
          };
    }
    return values;
  }

  /** The elements as float32; what float32 cannot hold is rounded. */
  public float[] floats() {
    float[] values = new float[size()];
    if (type == Type.FLOAT32) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      return values;
    }
    double[] wide = doubles();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) wide[i];
    }
    return values;
  }

  /** IEEE 754 half precision: 1 sign, 5 exponent and 10 fraction bits. */
  private static double half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        switch (exponent) {
          case 0 -> Math.scalb((double) fraction, -24);
          case 0x1f -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb((double) (fraction | 0x400), exponent - 25);
        };
    return bits < 0 ? -magnitude : magnitude;
  }
}
