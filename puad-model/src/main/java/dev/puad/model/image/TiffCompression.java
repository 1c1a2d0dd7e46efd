package dev.puad.model.image;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * How the strips and tiles of a TIFF are stored. ImageIO's reader knows these too, but gives zeros
 * for what compressed data lacks, and expands LZW data to its end, minutes beyond what the image
 * holds.
 */
enum TiffCompression {
  NONE {
    @Override
    ByteBuffer expand(ByteBuffer in, int length, byte[] room) {
      if (in.remaining() < length) {
        throw RejectedImageException.truncated();
      }
      return in;
    }
  },
  PACK_BITS {
    @Override
    ByteBuffer expand(ByteBuffer in, int length, byte[] room) {
      int written = 0;
      while (written < length) {
        byte run = next(in);
        if (run == Byte.MIN_VALUE) {
          continue;
        }
        int end = Math.min(length, written + 1 + Math.abs(run));
        byte repeated = run < 0 ? next(in) : 0;
        while (written < end) {
          room[written++] = run < 0 ? repeated : next(in);
        }
      }
      return ByteBuffer.wrap(room);
    }
  },
  DEFLATE {
    @Override
    ByteBuffer expand(ByteBuffer in, int length, byte[] room) {
      Inflater inflater = new Inflater();
      try {
        inflater.setInput(in);
        int written = 0;
        while (written < length) {
          int more = inflater.inflate(room, written, length - written);
          if (more == 0) {
            throw RejectedImageException.truncated();
          }
          written += more;
        }
        // One byte more than there is makes it compare the checksum at the end.
        inflater.inflate(new byte[1]);
        return ByteBuffer.wrap(room);
      } catch (DataFormatException e) {
        throw new RejectedImageException(
            RejectReason.UNREADABLE, "it is damaged: its deflated data is invalid", e);
      } finally {
        inflater.end();
      }
    }
  },
  LZW {
    @Override
    ByteBuffer expand(ByteBuffer in, int length, byte[] room) {
      new TiffLzw(in).expand(room, length);
      return ByteBuffer.wrap(room);
    }
  };

  private static final int OLD_DEFLATE = 32946;

  /**
   * The compression that a file names.
   *
   * @throws RejectedImageException if it is none of these
   */
  static TiffCompression of(TiffDirectory directory) {
    int code = (int) directory.value(TiffDirectory.COMPRESSION, 1);
    return switch (code) {
      case 1 -> NONE;
      case 5 -> LZW;
      case 8, OLD_DEFLATE -> DEFLATE;
      case 32773 -> PACK_BITS;
      default ->
          throw new RejectedImageException(
              RejectReason.UNSUPPORTED,
              "its compression (TIFF's number %d) is not read, write it uncompressed"
                  .formatted(code));
    };
  }

  /**
   * Expands one strip or tile.
   *
   * @param in all of its bytes
   * @param length how many bytes it has expanded
   * @param room where to expand them, at least as long; not used by {@link #NONE}
   * @return the expanded bytes, from its position on
   * @throws RejectedImageException if there are fewer or they are damaged
   */
  abstract ByteBuffer expand(ByteBuffer in, int length, byte[] room);

  private static byte next(ByteBuffer in) {
    if (!in.hasRemaining()) {
      throw RejectedImageException.truncated();
    }
    return in.get();
  }
}
