package dev.puad.model.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * The tags of a TIFF file of one page. A value is read when it is asked for, so that what a damaged
 * file says of its counts costs nothing.
 */
final class TiffDirectory {

  static final int IMAGE_WIDTH = 256;
  static final int IMAGE_LENGTH = 257;
  static final int BITS_PER_SAMPLE = 258;
  static final int COMPRESSION = 259;
  static final int PHOTOMETRIC = 262;
  static final int FILL_ORDER = 266;
  static final int STRIP_OFFSETS = 273;
  static final int SAMPLES_PER_PIXEL = 277;
  static final int ROWS_PER_STRIP = 278;
  static final int STRIP_BYTE_COUNTS = 279;
  static final int PREDICTOR = 317;
  static final int TILE_WIDTH = 322;
  static final int TILE_LENGTH = 323;
  static final int TILE_OFFSETS = 324;
  static final int TILE_BYTE_COUNTS = 325;
  static final int SAMPLE_FORMAT = 339;

  static final int SHORT = 3;
  static final int LONG = 4;

  static final int HEADER_BYTES = 8;
  static final int ENTRY_BYTES = 12;
  static final int MAGIC = 42;
  private static final int BIG_MAGIC = 43;

  private final ByteBuffer file;
  private final Map<Integer, Field> fields = new HashMap<>();

  private TiffDirectory(ByteBuffer file) {
    this.file = file;
  }

  /**
   * Finds the tags of a file that is not empty.
   *
   * @throws RejectedImageException if it is no TIFF, ends before its directory does, or has several
   *     pages
   */
  static TiffDirectory of(byte[] encoded) {
    ByteBuffer file = ByteBuffer.wrap(encoded).order(order(encoded));
    if (encoded.length < HEADER_BYTES) {
      throw RejectedImageException.truncated();
    }
    int magic = Short.toUnsignedInt(file.getShort(2));
    if (magic == BIG_MAGIC) {
      throw unsupported("it is a BigTIFF, write a classic TIFF");
    }
    if (magic != MAGIC) {
      throw unsupported("it is not a TIFF");
    }
    return new TiffDirectory(file).read(Integer.toUnsignedLong(file.getInt(4)));
  }

  private static ByteOrder order(byte[] encoded) {
    byte first = encoded[0];
    if ((first != 'I' && first != 'M') || (encoded.length > 1 && encoded[1] != first)) {
      throw unsupported("it is not a TIFF");
    }
    return first == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
  }

  private TiffDirectory read(long offset) {
    int start = within(offset, Short.BYTES);
    int count = Short.toUnsignedInt(file.getShort(start));
    int first = start + Short.BYTES;
    int next = within((long) first + (long) count * ENTRY_BYTES, Integer.BYTES);
    for (int entry = first; entry < next; entry += ENTRY_BYTES) {
      int tag = Short.toUnsignedInt(file.getShort(entry));
      int type = Short.toUnsignedInt(file.getShort(entry + 2));
      long values = Integer.toUnsignedLong(file.getInt(entry + 4));
      fields.putIfAbsent(tag, new Field(tag, type, values, entry + 8));
    }
    if (file.getInt(next) != 0) {
      throw unsupported("it has more than one page, write each map into a file of its own");
    }
    return this;
  }

  ByteOrder order() {
    return file.order();
  }

  boolean has(int tag) {
    return fields.containsKey(tag);
  }

  /** The first value of a tag. */
  long value(int tag) {
    return field(tag).value(0);
  }

  /** The first value of a tag, or what the format says that its absence means. */
  long value(int tag, long absent) {
    return has(tag) ? value(tag) : absent;
  }

  /**
   * All values of a tag.
   *
   * @throws RejectedImageException if the file lacks it
   */
  Field field(int tag) {
    Field field = fields.get(tag);
    if (field == null) {
      throw unreadable("it lacks TIFF tag %d".formatted(tag));
    }
    return field;
  }

  /** The offset of something within the file. */
  private int within(long offset, long length) {
    if (offset + length > file.capacity()) {
      throw RejectedImageException.truncated();
    }
    return (int) offset;
  }

  private static RejectedImageException unsupported(String problem) {
    return new RejectedImageException(RejectReason.UNSUPPORTED, problem);
  }

  private static RejectedImageException unreadable(String problem) {
    return new RejectedImageException(RejectReason.UNREADABLE, problem);
  }

  /** The values of one tag: where they are if they take 4 bytes, else where their offset is. */
  final class Field {

    private final int tag;
    private final int type;
    private final long count;
    private final int position;

    private Field(int tag, int type, long count, int position) {
      this.tag = tag;
      this.type = type;
      this.count = count;
      this.position = position;
    }

    long count() {
      return count;
    }

    /**
     * One of the values, unsigned.
     *
     * @throws RejectedImageException if there are fewer, or they are neither short nor long
     */
    long value(long index) {
      if (type != SHORT && type != LONG) {
        throw unreadable(
            "its TIFF tag %d is of type %d, neither short nor long".formatted(tag, type));
      }
      if (index >= count) {
        throw unreadable("its TIFF tag %d has only %d values".formatted(tag, count));
      }
      int size = type == SHORT ? Short.BYTES : Integer.BYTES;
      long values =
          count * size <= Integer.BYTES ? position : Integer.toUnsignedLong(file.getInt(position));
      int offset = within(values + index * size, size);
      return type == SHORT
          ? Short.toUnsignedInt(file.getShort(offset))
          : Integer.toUnsignedLong(file.getInt(offset));
    }
  }
}
