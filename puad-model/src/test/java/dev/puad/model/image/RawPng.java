package dev.puad.model.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** PNG files of variants that neither our encoder nor ImageIO writes, valid or not. */
final class RawPng {

  static final byte GREY = 0;
  static final byte RGB = 2;

  private RawPng() {}

  /** A file whose rows, each led by its filter byte, are taken as they are. */
  static byte[] of(int width, int height, int bitDepth, byte colourType, byte[] rows) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ImageFormat.PNG.signature());
    ByteBuffer header = ByteBuffer.allocate(13);
    header.putInt(width).putInt(height).put((byte) bitDepth).put(colourType);
    out.writeBytes(chunk("IHDR", header.array()));
    out.writeBytes(chunk("IDAT", compress(rows)));
    out.writeBytes(chunk("IEND", new byte[0]));
    return out.toByteArray();
  }

  /** A file of one IDAT chunk, as {@link PngEncoder} writes it, with several. */
  static byte[] withDataInChunksOf(int length, byte[] encoded) {
    int header = ImageFormat.PNG.signature().length + 12 + 13;
    int data = ByteBuffer.wrap(encoded).getInt(header);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(encoded, 0, header);
    for (int from = 0; from < data; from += length) {
      int start = header + 8 + from;
      out.writeBytes(
          chunk("IDAT", Arrays.copyOfRange(encoded, start, start + Math.min(length, data - from))));
    }
    out.writeBytes(chunk("IEND", new byte[0]));
    return out.toByteArray();
  }

  private static byte[] compress(byte[] rows) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] chunk(String type, byte[] data) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + data.length);
    chunk.putInt(data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
    CRC32 checksum = new CRC32();
    checksum.update(chunk.array(), 4, 4 + data.length);
    chunk.putInt((int) checksum.getValue());
    return chunk.array();
  }
}
