package dev.puad.jobs.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.apache.hadoop.conf.Configuration;

/** Writes shards, as others do or as nobody should. */
public final class ShardBytes {

  /** When all entries were last modified. */
  public static final Instant MODIFIED = Instant.parse("2026-10-31T23:45:12Z");

  private static final int RECORD = 512;

  private ShardBytes() {}

  /** A shard of the format that its name tells. */
  public static byte[] of(String name, Map<String, byte[]> files) {
    return switch (ShardFormat.of(name).orElseThrow()) {
      case TAR -> tar(files);
      case TAR_GZ -> gzip(tar(files));
      case TAR_XZ -> xz(tar(files));
      case ZIP -> zip(files);
    };
  }

  static byte[] tar(Map<String, byte[]> files) {
    return written(
        out -> {
          try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
              TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
              entry.setSize(file.getValue().length);
              entry.setLastModifiedTime(FileTime.from(MODIFIED));
              tar.putArchiveEntry(entry);
              tar.write(file.getValue());
              tar.closeArchiveEntry();
            }
          }
        });
  }

  static byte[] zip(Map<String, byte[]> files) {
    SeekableInMemoryByteChannel channel = new SeekableInMemoryByteChannel();
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(channel)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        ZipArchiveEntry entry = new ZipArchiveEntry(file.getKey());
        entry.setLastModifiedTime(FileTime.from(MODIFIED));
        zip.putArchiveEntry(entry);
        zip.write(file.getValue());
        zip.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Arrays.copyOf(channel.array(), (int) channel.size());
  }

  static byte[] gzip(byte[] plain) {
    return written(
        out -> {
          try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
          }
        });
  }

  static byte[] xz(byte[] plain) {
    return written(
        out -> {
          try (XZCompressorOutputStream xz = new XZCompressorOutputStream(out, 0)) {
            xz.write(plain);
          }
        });
  }

  /** The bytes of a shard's entry, as scoring takes them out. */
  static byte[] content(Configuration hadoop, ImageFile shard, ShardEntry entry)
      throws IOException {
    int length = Math.toIntExact(entry.length());
    if (entry.coding() != Coding.STREAMED) {
      return ShardContents.read(
          hadoop, shard.image(), entry.coding(), entry.offset(), entry.stored(), length);
    }
    try (ShardStream stream = ShardStream.open(hadoop, shard.image())) {
      return stream.read(entry.offset(), length, () -> {});
    }
  }

  /** Whole records of a tar, without an end. */
  static byte[] entry(String name, char type, byte[] content) {
    return joined(header(name, type, content.length, MODIFIED.getEpochSecond()), padded(content));
  }

  /** A tar's header that tells a size, whatever follows. */
  static byte[] header(String name, char type, long size, long seconds) {
    byte[] header = new byte[RECORD];
    byte[] encoded = name.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(encoded, 0, header, 0, encoded.length);
    put(header, 100, "0000644\0");
    number(header, 124, size);
    number(header, 136, seconds);
    header[156] = (byte) type;
    put(header, 257, "ustar\00000");
    return checked(header);
  }

  /** With the checksum that it should have. */
  static byte[] checked(byte[] header) {
    put(header, 148, "        ");
    int sum = 0;
    for (byte value : header) {
      sum += Byte.toUnsignedInt(value);
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    return header;
  }

  /** What ends a tar. */
  static byte[] end() {
    return new byte[2 * RECORD];
  }

  static byte[] padded(byte[] content) {
    return Arrays.copyOf(content, (content.length + RECORD - 1) / RECORD * RECORD);
  }

  static byte[] joined(byte[]... parts) {
    return written(
        out -> {
          for (byte[] part : parts) {
            out.write(part);
          }
        });
  }

  /** A record of a PAX header, its length included. */
  static byte[] pax(String keyword, String value) {
    byte[] rest = (" " + keyword + "=" + value + "\n").getBytes(StandardCharsets.UTF_8);
    int length = rest.length + 1;
    while (String.valueOf(length).length() + rest.length > length) {
      length++;
    }
    return joined(String.valueOf(length).getBytes(StandardCharsets.UTF_8), rest);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  /** In eleven octal digits, or in binary if these do not suffice. */
  private static void number(byte[] header, int at, long value) {
    if (value < 1L << 33) {
      put(header, at, "%011o ".formatted(value));
      return;
    }
    header[at] = (byte) 0x80;
    for (int i = 0; i < Long.BYTES; i++) {
      header[at + 11 - i] = (byte) (value >>> (Byte.SIZE * i));
    }
  }

  private interface Writing {
    void to(OutputStream out) throws IOException;
  }

  private static byte[] written(Writing writing) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      writing.to(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
