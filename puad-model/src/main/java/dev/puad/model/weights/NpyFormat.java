package dev.puad.model.weights;

import dev.puad.model.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** NumPy's {@code .npy} format for one tensor, versions 1 to 3, little-endian and C order. */
public final class NpyFormat {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int HEADER_ALIGNMENT = 64;
  private static final int LONGEST_HEADER = 1 << 16;

  private static final Map<String, Tensor.Type> TYPES = types();

  private static final Pattern HEADER =
      Pattern.compile(
          "\\{\\s*'descr':\\s*'([^']*)',\\s*'fortran_order':\\s*(True|False),\\s*'shape':\\s*\\(([^)]*)\\),?\\s*\\}\\s*");

  private NpyFormat() {}

  /**
   * Reads one array to the end of its data.
   *
   * @param name what to call the array in an error
   * @throws BadInputException if the bytes are not a supported {@code .npy} array
   */
  public static Tensor read(String name, InputStream in) throws IOException {
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
    Tensor.Type type = typeOf(name, matcher.group(1));
    int[] shape;
    int length;
    try {
      shape = shapeOf(matcher.group(3));
      if (shape.length > Limits.AXES) {
        throw misunderstood(name, header);
      }
      length = Math.toIntExact(Tensor.byteLength(type, shape));
    } catch (IllegalArgumentException e) {
      throw misunderstood(name, header);
    } catch (ArithmeticException e) {
      throw new BadInputException(
          "Cannot read %s: its shape (%s) takes more than 2 GiB. Split it."
              .formatted(name, Printable.of(matcher.group(3))),
          e);
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new BadInputException(
          "Cannot read %s: it ends after %d of %d bytes. Replace the file."
              .formatted(name, bytes.length, length));
    }
    return new Tensor(type, shape, bytes);
  }

  /** Writes a tensor in version 1.0; bfloat16, which NumPy lacks, as float32. */
  public static void write(Tensor tensor, OutputStream out) throws IOException {
    if (tensor.type() == Tensor.Type.BFLOAT16) {
      write(Tensor.of(tensor.floats(), tensor.shape()), out);
      return;
    }
    int[] shape = tensor.shape();
    StringBuilder header = new StringBuilder("{'descr': '").append(descriptor(tensor.type()));
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
    out.write(tensor.bytes());
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
    return new BadInputException(
        "Cannot read %s: its header %s is not understood. Write it with numpy.save."
            .formatted(name, Printable.of(header)));
  }

  private static Tensor.Type typeOf(String name, String descriptor) {
    Tensor.Type type = TYPES.get(descriptor);
    if (type == null) {
      throw new BadInputException(
          "Cannot read %s: its element type %s is none of %s. Convert it first."
              .formatted(name, Printable.of(descriptor), String.join(", ", TYPES.keySet())));
    }
    return type;
  }

  private static String descriptor(Tensor.Type type) {
    return switch (type) {
      case BOOL -> "|b1";
      case UINT8 -> "|u1";
      case INT8 -> "|i1";
      case INT16 -> "<i2";
      case INT32 -> "<i4";
      case INT64 -> "<i8";
      case FLOAT16 -> "<f2";
      case FLOAT32 -> "<f4";
      case FLOAT64 -> "<f8";
      case BFLOAT16 -> throw new IllegalArgumentException("NumPy has no bfloat16.");
    };
  }

  private static Map<String, Tensor.Type> types() {
    Map<String, Tensor.Type> types = new LinkedHashMap<>();
    for (Tensor.Type type : Tensor.Type.values()) {
      if (type != Tensor.Type.BFLOAT16) {
        types.put(descriptor(type), type);
      }
    }
    return types;
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
