package dev.puad.model.image;

import java.nio.ByteBuffer;

/**
 * LZW as TIFF 6.0 has it (section 13): codes of 9 to 12 bits, high bits first, one bit more as soon
 * as the next free code has all bits set.
 *
 * <p>A string of the table is the string before it and one byte, and these follow one another in
 * what was written. So the table says only where in the output each string is.
 */
final class TiffLzw {

  private static final int CLEAR = 256;
  private static final int END = 257;
  private static final int FIRST = 258;
  private static final int MIN_BITS = 9;
  private static final int MAX_BITS = 12;

  private final ByteBuffer in;
  private final int[] starts = new int[1 << MAX_BITS];
  private final int[] lengths = new int[1 << MAX_BITS];
  private int free = FIRST;
  private int bits = MIN_BITS;
  private int pending;
  private int pendingBits;

  TiffLzw(ByteBuffer in) {
    this.in = in;
  }

  /**
   * Writes the first {@code length} bytes.
   *
   * @throws RejectedImageException if there are fewer or a code is not in the table
   */
  void expand(byte[] out, int length) {
    int written = 0;
    int last = 0;
    while (written < length) {
      int code = nextCode();
      if (code == END) {
        throw RejectedImageException.truncated();
      }
      if (code == CLEAR) {
        free = FIRST;
        bits = MIN_BITS;
        last = written;
        continue;
      }
      if (last < written && free < starts.length) {
        // Its last byte is the first of the string that is written now, perhaps itself.
        add(last, written - last + 1);
      }
      last = written;
      written = write(code, out, written, length);
    }
  }

  private void add(int start, int length) {
    starts[free] = start;
    lengths[free] = length;
    free++;
    if (free + 1 >= 1 << bits && bits < MAX_BITS) {
      bits++;
    }
  }

  private int write(int code, byte[] out, int written, int length) {
    if (code < CLEAR) {
      out[written] = (byte) code;
      return written + 1;
    }
    if (code >= free) {
      throw new RejectedImageException(
          RejectReason.UNREADABLE, "it is damaged: its LZW data is invalid");
    }
    int next = written;
    int end = Math.min(length, written + lengths[code]);
    for (int from = starts[code]; next < end; from++) {
      out[next++] = out[from];
    }
    return next;
  }

  private int nextCode() {
    while (pendingBits < bits) {
      if (!in.hasRemaining()) {
        throw RejectedImageException.truncated();
      }
      pending = pending << Byte.SIZE | Byte.toUnsignedInt(in.get());
      pendingBits += Byte.SIZE;
    }
    pendingBits -= bits;
    int code = pending >>> pendingBits;
    pending &= (1 << pendingBits) - 1;
    return code;
  }
}
