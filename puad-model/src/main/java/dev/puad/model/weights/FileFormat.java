package dev.puad.model.weights;

import dev.puad.model.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What a file is by its first bytes, whatever its name. */
enum FileFormat {
  ZIP("a zip file of something else"),
  SAFETENSORS("a safetensors file"),
  LEGACY_TORCH("in PyTorch's format of before 1.6"),
  PICKLE("a bare pickle"),
  NPY("a single NumPy array"),
  HDF5("a Keras or other HDF5 file"),
  ONNX("an ONNX model"),
  UNKNOWN("of an unknown format");

  private static final int HEAD = 16;
  private static final byte[] ZIP_ENTRY = {'P', 'K', 3, 4};
  private static final byte[] ZIP_END = {'P', 'K', 5, 6};
  private static final byte[] HDF5_MAGIC = {(byte) 0x89, 'H', 'D', 'F'};
  private static final byte[] NPY_MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** The protocol, and the number that {@code torch.save} wrote first before 1.6. */
  private static final byte[] LEGACY_MAGIC = {
    (byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20
  };

  private final String description;

  FileFormat(String description) {
    this.description = description;
  }

  /**
   * The format of a file.
   *
   * @throws BadInputException if it is missing, no file, empty or too large
   */
  static FileFormat of(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new BadInputException(
          "Cannot read %s: there is no such file. Give a file of weights.".formatted(file));
    }
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(
          "Cannot read %s: it is no file. Give a file of weights.".formatted(file));
    }
    if (!Files.isReadable(file)) {
      throw new BadInputException(
          "Cannot read %s: permission denied. Make it readable.".formatted(file));
    }
    if (Files.size(file) > Limits.BYTES) {
      throw new BadInputException(
          "Cannot read %s: it is larger than %d MiB. Give the weights alone."
              .formatted(file, Limits.BYTES >> 20));
    }
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(HEAD);
    }
    if (head.length == 0) {
      throw new BadInputException("Cannot read %s: it is empty. Replace the file.".formatted(file));
    }
    return of(head);
  }

  /** What to tell of a file that is none of those that can be read. */
  BadInputException refused(Path file) {
    return new BadInputException(
        ("Cannot read %s: it is %s, none of PyTorch's state dicts, NumPy's .npz and safetensors."
                + " Save the weights with torch.save(model.state_dict(), …) of"
                + " PyTorch 1.6 or newer.")
            .formatted(file, description));
  }

  private static FileFormat of(byte[] head) {
    if (startsWith(head, ZIP_ENTRY) || startsWith(head, ZIP_END)) {
      return ZIP;
    } else if (startsWith(head, LEGACY_MAGIC)) {
      return LEGACY_TORCH;
    } else if (startsWith(head, NPY_MAGIC)) {
      return NPY;
    } else if (startsWith(head, HDF5_MAGIC)) {
      return HDF5;
    } else if (isSafetensors(head)) {
      return SAFETENSORS;
    } else if (head.length > 1 && head[0] == (byte) 0x80 && head[1] >= 2 && head[1] <= 5) {
      return PICKLE;
    } else if (isOnnx(head)) {
      return ONNX;
    }
    return UNKNOWN;
  }

  /** The header's length, which its JSON follows. */
  private static boolean isSafetensors(byte[] head) {
    return head.length > Long.BYTES
        && head[Long.BYTES] == '{'
        && ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong() >>> 32 == 0;
  }

  /** Protobuf's first field, the version, and its second, the name of the producer or the graph. */
  private static boolean isOnnx(byte[] head) {
    return head.length > 2
        && head[0] == 0x08
        && head[1] > 0
        && head[1] < 32
        && (head[2] == 0x12 || head[2] == 0x3a);
  }

  private static boolean startsWith(byte[] head, byte[] magic) {
    return head.length >= magic.length
        && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
  }
}
