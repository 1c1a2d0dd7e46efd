package dev.puad.model.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * Reads the PNG files that cameras and tools write most: 8 bits a sample, grey or colour, with or
 * without alpha, not interlaced. ImageIO reads the same samples, in about twice the time.
 */
final class PngRows {

  // Where the first chunk has what.
  private static final int LENGTH = 8;
  private static final int TYPE = 12;
  private static final int WIDTH = 16;
  private static final int HEIGHT = 20;
  private static final int BIT_DEPTH = 24;
  private static final int COLOUR_TYPE = 25;
  private static final int COMPRESSION = 26;
  private static final int FILTERING = 27;
  private static final int INTERLACING = 28;

  private static final int IHDR = 0x49484452;
  private static final int HEADER_LENGTH = 13;
  private static final byte GREY = 0;
  private static final byte RGB = 2;
  private static final byte GREY_ALPHA = 4;
  private static final byte RGBA = 6;

  private static final int NONE = 0;
  private static final int SUB = 1;
  private static final int UP = 2;
  private static final int AVERAGE = 3;
  private static final int PAETH = 4;

  /** Bytes of compressed data that go to the inflater at once. */
  private static final int BUFFER = 1 << 16;

  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  private PngRows() {}

  /**
   * The samples of a file that passed {@link PngChunks#check}; nothing if it is another kind of
   * PNG.
   *
   * @throws RejectedImageException if it has more pixels than the limit, or invalid data
   */
  static Optional<Samples> read(byte[] encoded, DecodeLimits limits) {
    ByteBuffer file = ByteBuffer.wrap(encoded);
    if (file.getInt(LENGTH) != HEADER_LENGTH || file.getInt(TYPE) != IHDR) {
      return Optional.empty();
    }
    int width = file.getInt(WIDTH);
    int height = file.getInt(HEIGHT);
    int bands =
        switch (encoded[COLOUR_TYPE]) {
          case GREY -> 1;
          case GREY_ALPHA -> 2;
          case RGB -> 3;
          case RGBA -> 4;
          default -> 0;
        };
    boolean plain =
        encoded[BIT_DEPTH] == Byte.SIZE
            && encoded[COMPRESSION] == 0
            && encoded[FILTERING] == 0
            && encoded[INTERLACING] == 0;
    if (!plain || bands == 0 || width < 1 || height < 1) {
      return Optional.empty();
    }
    limits.checkPixels(width, height);
    if ((long) width * bands * height > LONGEST_ARRAY) {
      return Optional.empty();
    }
    Inflater inflater = new Inflater();
    try (InputStream rows =
        new InflaterInputStream(PngChunks.imageData(encoded), inflater, BUFFER)) {
      byte[] pixels = unfilter(rows, width * bands, height, bands);
      return Optional.of(new Samples(width, height, bands, Byte.SIZE, pixels));
    } catch (EOFException e) {
      throw RejectedImageException.truncated();
    } catch (IOException e) {
      throw new RejectedImageException(
          RejectReason.UNREADABLE, "it cannot be decoded: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  /** Undoes what the byte before each row says was done to it (PNG, section 9). */
  private static byte[] unfilter(InputStream rows, int length, int height, int bands)
      throws IOException {
    byte[] out = new byte[length * height];
    // Above the first row, all is 0.
    byte[] above = new byte[length];
    byte[] row = new byte[1 + length];
    int up = 0;
    for (int y = 0; y < height; y++) {
      int to = y * length;
      if (rows.readNBytes(row, 0, row.length) < row.length) {
        throw new EOFException();
      }
      System.arraycopy(row, 1, out, to, length);
      switch (row[0]) {
        case NONE -> {}
        case SUB -> addLeft(out, to, length, bands);
        case UP -> addAbove(out, to, above, up, length);
        case AVERAGE -> addAverage(out, to, above, up, length, bands);
        case PAETH -> {
          if (bands == RgbImage.CHANNELS) {
            addPaethRgb(out, to, above, up, length);
          } else {
            addPaeth(out, to, above, up, length, bands);
          }
        }
        default ->
            throw new RejectedImageException(
                RejectReason.UNREADABLE,
                "it is damaged: row %d has a filter of type %d".formatted(y, row[0]));
      }
      above = out;
      up = to;
    }
    return out;
  }

  private static void addLeft(byte[] out, int to, int length, int bands) {
    for (int i = to + bands; i < to + length; i++) {
      out[i] += out[i - bands];
    }
  }

  private static void addAbove(byte[] out, int to, byte[] above, int up, int length) {
    for (int i = 0; i < length; i++) {
      out[to + i] += above[up + i];
    }
  }

  private static void addAverage(byte[] out, int to, byte[] above, int up, int length, int bands) {
    for (int i = 0; i < bands; i++) {
      out[to + i] += (byte) (Byte.toUnsignedInt(above[up + i]) / 2);
    }
    for (int i = bands; i < length; i++) {
      int left = Byte.toUnsignedInt(out[to + i - bands]);
      out[to + i] += (byte) ((left + Byte.toUnsignedInt(above[up + i])) / 2);
    }
  }

  private static void addPaeth(byte[] out, int to, byte[] above, int up, int length, int bands) {
    for (int band = 0; band < bands; band++) {
      int left = 0;
      int corner = 0;
      for (int i = band; i < length; i += bands) {
        int top = Byte.toUnsignedInt(above[up + i]);
        left = (out[to + i] + paeth(left, top, corner)) & 0xFF;
        out[to + i] = (byte) left;
        corner = top;
      }
    }
  }

  /** As {@link #addPaeth}, but the three bands together, since each waits for the pixel before. */
  private static void addPaethRgb(byte[] out, int to, byte[] above, int up, int length) {
    int leftRed = 0;
    int leftGreen = 0;
    int leftBlue = 0;
    int cornerRed = 0;
    int cornerGreen = 0;
    int cornerBlue = 0;
    for (int i = 0; i < length; i += RgbImage.CHANNELS) {
      int red = Byte.toUnsignedInt(above[up + i]);
      int green = Byte.toUnsignedInt(above[up + i + 1]);
      int blue = Byte.toUnsignedInt(above[up + i + 2]);
      leftRed = (out[to + i] + paeth(leftRed, red, cornerRed)) & 0xFF;
      leftGreen = (out[to + i + 1] + paeth(leftGreen, green, cornerGreen)) & 0xFF;
      leftBlue = (out[to + i + 2] + paeth(leftBlue, blue, cornerBlue)) & 0xFF;
      out[to + i] = (byte) leftRed;
      out[to + i + 1] = (byte) leftGreen;
      out[to + i + 2] = (byte) leftBlue;
      cornerRed = red;
      cornerGreen = green;
      cornerBlue = blue;
    }
  }

  /**
   * Of left, top and corner the one closest to p = left + top - corner, the first of equals.
   *
   * <p>With low and high the lesser and the greater of left and top: a corner outside of them puts
   * p beyond the other one. A corner between them is corner - low from high, high - corner from low
   * and |p - corner| from p, so low is closest where high is at most 3 corner - left - top, high
   * where low is at least that, and otherwise the corner. Masks choose: the compiler would make
   * branches of conditions that one image always meets, and the next would pay for wrong guesses.
   */
  private static int paeth(int left, int top, int corner) {
    int low = Math.min(left, top);
    int high = Math.max(left, top);
    int bound = 3 * corner - left - top;
    int notLow = (bound - high) >> 31;
    int notHigh = (low - bound) >> 31;
    return (low & ~notLow) | (high & ~notHigh) | (corner & notLow & notHigh);
  }
}
