package dev.puad.model.weights;

import dev.puad.model.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The numbers of a PyTorch file; several tensors may share them. */
final class TorchStorages {

  private static final String BIG_ENDIAN = "big";
  private static final int LONGEST_ORDER = 16;

  private final ZipContents zip;
  private final String folder;
  private final Map<String, byte[]> read = new HashMap<>();
  private long copied;

  /**
   * @param folder where the storages are in the zip, with a slash at its end
   * @throws BadInputException if the numbers are big-endian, or their order is not told in a word
   */
  TorchStorages(ZipContents zip, String folder) throws IOException {
    this.zip = zip;
    this.folder = folder;
    String order = folder.substring(0, folder.length() - "data/".length()) + "byteorder";
    if (zip.names().contains(order) && zip.size(order) > LONGEST_ORDER) {
      throw new BadInputException(
          "Cannot read %s: its entry %s has %d bytes, more than %d. Replace the file."
              .formatted(zip.source(), Printable.of(order), zip.size(order), LONGEST_ORDER));
    }
    if (zip.names().contains(order)
        && new String(zip.read(order), StandardCharsets.US_ASCII).strip().equals(BIG_ENDIAN)) {
      throw new BadInputException(
          "Cannot read %s: its numbers are big-endian. Save it on a little-endian machine."
              .formatted(zip.source()));
    }
  }

  /**
   * A tensor in C order.
   *
   * @throws BadInputException if it reaches beyond its storage, or takes too much memory
   */
  Tensor tensor(String name, TorchPickle.View view) throws IOException {
    String shown = name.isEmpty() ? "the tensor" : "tensor " + Printable.of(name);
    int[] shape = shape(shown, view);
    byte[] storage = storage(shown, view.storage());
    Tensor.Type type = view.storage().type();
    int length = (int) Tensor.byteLength(type, shape);
    int start = length == 0 ? 0 : (int) view.offset() * type.width();
    boolean contiguous = isContiguous(view);
    if (contiguous && length == storage.length) {
      return new Tensor(type, shape, storage);
    }
    copied += length;
    if (copied > Limits.BYTES) {
      throw tooLarge(shown);
    }
    if (contiguous) {
      return new Tensor(type, shape, Arrays.copyOfRange(storage, start, start + length));
    }
    return new Tensor(type, shape, gathered(storage, view, shape, length));
  }

  /** The shape, once every element is known to be in the storage. */
  private int[] shape(String shown, TorchPickle.View view) {
    List<Long> shape = view.shape();
    List<Long> strides = view.strides();
    if (shape.size() != strides.size()) {
      throw new BadInputException(
          "Cannot read %s: %s has %d axes and %d strides. Replace the file."
              .formatted(zip.source(), shown, shape.size(), strides.size()));
    }
    boolean valid = view.offset() >= 0 && view.storage().elements() >= 0;
    for (int axis = 0; axis < shape.size(); axis++) {
      valid &= shape.get(axis) >= 0 && shape.get(axis) <= Integer.MAX_VALUE;
      valid &= strides.get(axis) >= 0;
    }
    if (!valid || !fits(view)) {
      throw new BadInputException(
          ("Cannot read %s: %s of shape %s, strides %s and offset %d reaches beyond its storage of"
                  + " %d elements. Replace the file.")
              .formatted(
                  zip.source(), shown, shape, strides, view.offset(), view.storage().elements()));
    }
    int[] axes = shape.stream().mapToInt(Long::intValue).toArray();
    try {
      if (Tensor.byteLength(view.storage().type(), axes) <= Limits.BYTES) {
        return axes;
      }
    } catch (ArithmeticException e) {
      throw tooLarge(shown);
    }
    throw tooLarge(shown);
  }

  private static boolean fits(TorchPickle.View view) {
    if (view.shape().contains(0L)) {
      return true;
    }
    try {
      long last = view.offset();
      for (int axis = 0; axis < view.shape().size(); axis++) {
        long steps = view.shape().get(axis) - 1;
        last = Math.addExact(last, Math.multiplyExact(steps, view.strides().get(axis)));
      }
      return last < view.storage().elements();
    } catch (ArithmeticException e) {
      return false;
    }
  }

  private byte[] storage(String shown, TorchPickle.Storage storage) throws IOException {
    String entry = folder + storage.key();
    if (!zip.names().contains(entry)) {
      throw new BadInputException(
          "Cannot read %s: entry %s of %s is missing. Replace the file."
              .formatted(zip.source(), Printable.of(entry), shown));
    }
    if (zip.size(entry) / storage.type().width() != storage.elements()
        || zip.size(entry) % storage.type().width() != 0) {
      throw new BadInputException(
          "Cannot read %s: entry %s of %s has %d bytes, not %d elements of %s. Replace the file."
              .formatted(
                  zip.source(),
                  Printable.of(entry),
                  shown,
                  zip.size(entry),
                  storage.elements(),
                  storage.type()));
    }
    byte[] bytes = read.get(entry);
    if (bytes == null) {
      bytes = zip.read(entry);
      read.put(entry, bytes);
    }
    return bytes;
  }

  private static boolean isContiguous(TorchPickle.View view) {
    long stride = 1;
    for (int axis = view.shape().size() - 1; axis >= 0; axis--) {
      long length = view.shape().get(axis);
      if (length > 1 && view.strides().get(axis) != stride) {
        return false;
      }
      stride *= Math.max(length, 1);
    }
    return true;
  }

  /** Copies element by element, the last axis fastest. */
  private static byte[] gathered(byte[] storage, TorchPickle.View view, int[] shape, int length) {
    int width = view.storage().type().width();
    byte[] bytes = new byte[length];
    int[] position = new int[shape.length];
    long element = view.offset();
    for (int to = 0; to < length; to += width) {
      System.arraycopy(storage, (int) element * width, bytes, to, width);
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        long stride = view.strides().get(axis);
        element += stride;
        position[axis]++;
        if (position[axis] < shape[axis]) {
          break;
        }
        element -= stride * shape[axis];
        position[axis] = 0;
      }
    }
    return bytes;
  }

  private BadInputException tooLarge(String shown) {
    return new BadInputException(
        "Cannot read %s: with %s it takes more than %d MiB. Give the weights alone."
            .formatted(zip.source(), shown, Limits.BYTES >> 20));
  }
}
