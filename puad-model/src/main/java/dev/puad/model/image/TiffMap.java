package dev.puad.model.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Anomaly maps as float32 TIFF, the format of the official LOCO evaluation.
 *
 * <p>Read is what writers commonly make of one map: either byte order, strips or tiles,
 * uncompressed or by LZW, Deflate or PackBits, without a predictor. Values are taken as stored: as
 * in the official evaluation, photometric interpretation and orientation change nothing.
 */
public final class TiffMap {

  private static final int BITS = Float.SIZE;
  private static final int FLOATING_POINT = 3;
  private static final int BLACK_IS_ZERO = 1;

  /** A multiple of 16, so that whoever maps the file into memory finds its floats aligned. */
  private static final int DATA_OFFSET = 144;

  /** What a Java array holds of floats that are still bytes. */
  private static final int MAX_PIXELS = (Integer.MAX_VALUE - Float.SIZE) / Float.BYTES;

  private TiffMap() {}

  /**
   * Decodes a map; infinity is allowed.
   *
   * @throws RejectedImageException if the bytes are not a TIFF of one page with one 32-bit float a
   *     pixel, whole and within the limits, or a pixel is NaN
   */
  public static FloatMap decode(byte[] encoded, DecodeLimits limits) {
    limits.checkEncoded(encoded);
    TiffDirectory directory = TiffDirectory.of(encoded);
    checkSamples(directory);
    TiffCompression compression = TiffCompression.of(directory);
    if (compression != TiffCompression.NONE && directory.value(TiffDirectory.PREDICTOR, 1) != 1) {
      throw unsupported(
          "it is compressed with TIFF's predictor %d, write it without"
              .formatted(directory.value(TiffDirectory.PREDICTOR)));
    }
    Tiling tiling = Tiling.of(directory, limits);
    float[] values = read(encoded, directory, compression, tiling);
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(values[i])) {
        throw new RejectedImageException(
            RejectReason.UNREADABLE,
            "it is NaN at column %d, row %d, write a number for each pixel"
                .formatted(i % tiling.width, i / tiling.width));
      }
    }
    return new FloatMap(tiling.width, tiling.height, values);
  }

  /**
   * Encodes a map: uncompressed, little-endian, one strip. The same map gives the same bytes.
   *
   * @throws ArithmeticException if it has more than about 2^29 pixels
   */
  public static byte[] encode(FloatMap map) {
    int length = Math.multiplyExact(map.values().length, Float.BYTES);
    ByteBuffer file =
        ByteBuffer.allocate(Math.addExact(DATA_OFFSET, length)).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'I').put((byte) 'I').putShort((short) TiffDirectory.MAGIC);
    file.putInt(TiffDirectory.HEADER_BYTES);
    long[][] fields = {
      {TiffDirectory.IMAGE_WIDTH, TiffDirectory.LONG, map.width()},
      {TiffDirectory.IMAGE_LENGTH, TiffDirectory.LONG, map.height()},
      {TiffDirectory.BITS_PER_SAMPLE, TiffDirectory.SHORT, BITS},
      {TiffDirectory.COMPRESSION, TiffDirectory.SHORT, 1},
      {TiffDirectory.PHOTOMETRIC, TiffDirectory.SHORT, BLACK_IS_ZERO},
      {TiffDirectory.STRIP_OFFSETS, TiffDirectory.LONG, DATA_OFFSET},
      {TiffDirectory.SAMPLES_PER_PIXEL, TiffDirectory.SHORT, 1},
      {TiffDirectory.ROWS_PER_STRIP, TiffDirectory.LONG, map.height()},
      {TiffDirectory.STRIP_BYTE_COUNTS, TiffDirectory.LONG, length},
      {TiffDirectory.SAMPLE_FORMAT, TiffDirectory.SHORT, FLOATING_POINT},
    };
    file.putShort((short) fields.length);
    for (long[] field : fields) {
      // Of a short in little-endian order the value's first two bytes count.
      file.putShort((short) field[0]).putShort((short) field[1]).putInt(1).putInt((int) field[2]);
    }
    file.position(DATA_OFFSET);
    file.asFloatBuffer().put(map.values());
    return file.array();
  }

  private static void checkSamples(TiffDirectory directory) {
    long samples = directory.value(TiffDirectory.SAMPLES_PER_PIXEL, 1);
    if (samples != 1) {
      throw unsupported("it has %d samples a pixel, write one".formatted(samples));
    }
    long bits = directory.value(TiffDirectory.BITS_PER_SAMPLE, 1);
    long format = directory.value(TiffDirectory.SAMPLE_FORMAT, 1);
    if (bits != BITS || format != FLOATING_POINT) {
      throw unsupported(
          "it has %d-bit %s, write float32"
              .formatted(
                  bits,
                  switch ((int) format) {
                    case 1 -> "unsigned integers";
                    case 2 -> "signed integers";
                    case FLOATING_POINT -> "floating-point samples";
                    default -> "samples of TIFF's format " + format;
                  }));
    }
    if (directory.value(TiffDirectory.FILL_ORDER, 1) != 1) {
      throw unsupported("its bits are in reverse (TIFF's fill order), write them in order");
    }
  }

  private static float[] read(
      byte[] encoded, TiffDirectory directory, TiffCompression compression, Tiling tiling) {
    if (compression == TiffCompression.NONE
        && encoded.length < (long) Float.BYTES * tiling.width * tiling.height) {
      throw RejectedImageException.truncated();
    }
    float[] values = new float[tiling.width * tiling.height];
    byte[] room = new byte[compression == TiffCompression.NONE ? 0 : tiling.bytes(0)];
    TiffDirectory.Field offsets = directory.field(tiling.offsetsTag);
    TiffDirectory.Field lengths = directory.field(tiling.lengthsTag);
    long total = 0;
    long index = 0;
    for (int y = 0; y < tiling.height; y += tiling.tileHeight) {
      for (int x = 0; x < tiling.width; x += tiling.tileWidth) {
        long offset = offsets.value(index);
        long length = lengths.value(index++);
        total += length;
        if (offset + length > encoded.length) {
          throw RejectedImageException.truncated();
        }
        // Otherwise each of many tiles could be all of the file, and expanding them take hours.
        if (total > encoded.length) {
          throw new RejectedImageException(
              RejectReason.UNREADABLE, "it is damaged: its strips or tiles overlap");
        }
        ByteBuffer stored = ByteBuffer.wrap(encoded, (int) offset, (int) length);
        ByteBuffer bytes = compression.expand(stored, tiling.bytes(y), room);
        tiling.place(bytes.order(directory.order()).asFloatBuffer(), values, x, y);
      }
    }
    return values;
  }

  private static RejectedImageException unsupported(String problem) {
    return new RejectedImageException(RejectReason.UNSUPPORTED, problem);
  }

  /** How an image is cut: into tiles, or into strips, which are tiles of the image's width. */
  private record Tiling(
      int width, int height, int tileWidth, int tileHeight, int offsetsTag, int lengthsTag) {

    static Tiling of(TiffDirectory directory, DecodeLimits limits) {
      long width = directory.value(TiffDirectory.IMAGE_WIDTH);
      long height = directory.value(TiffDirectory.IMAGE_LENGTH);
      boolean tiled = directory.has(TiffDirectory.TILE_WIDTH);
      long tileWidth = tiled ? directory.value(TiffDirectory.TILE_WIDTH) : width;
      long tileHeight =
          tiled
              ? directory.value(TiffDirectory.TILE_LENGTH)
              : Math.min(height, directory.value(TiffDirectory.ROWS_PER_STRIP, height));
      if (Math.min(Math.min(width, height), Math.min(tileWidth, tileHeight)) < 1) {
        throw new RejectedImageException(RejectReason.UNREADABLE, "it has no pixels");
      }
      DecodeLimits inArrays =
          new DecodeLimits(Math.min(limits.maxPixels(), MAX_PIXELS), limits.maxBytes());
      inArrays.checkPixels(width, height);
      if (tiled) {
        // Their margins are decoded too.
        inArrays.checkPixels(roundUp(width, tileWidth), roundUp(height, tileHeight));
      }
      return new Tiling(
          (int) width,
          (int) height,
          (int) tileWidth,
          (int) tileHeight,
          tiled ? TiffDirectory.TILE_OFFSETS : TiffDirectory.STRIP_OFFSETS,
          tiled ? TiffDirectory.TILE_BYTE_COUNTS : TiffDirectory.STRIP_BYTE_COUNTS);
    }

    private static long roundUp(long length, long tileLength) {
      return (length + tileLength - 1) / tileLength * tileLength;
    }

    private boolean tiled() {
      return offsetsTag == TiffDirectory.TILE_OFFSETS;
    }

    /** The bytes of one tile whose first row is y; the last strip is cut, a tile never. */
    int bytes(int y) {
      int rows = tiled() ? tileHeight : Math.min(tileHeight, height - y);
      return rows * tileWidth * Float.BYTES;
    }

    /** Copies a tile, less its margins, to its place. */
    void place(FloatBuffer tile, float[] values, int x, int y) {
      int rows = Math.min(tileHeight, height - y);
      int columns = Math.min(tileWidth, width - x);
      if (tileWidth == width) {
        tile.get(values, y * width, rows * width);
        return;
      }
      for (int row = 0; row < rows; row++) {
        tile.get(row * tileWidth, values, (y + row) * width + x, columns);
      }
    }
  }
}
