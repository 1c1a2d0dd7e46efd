package dev.puad.model.weights;

import dev.puad.model.BadInputException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A zip file's entries, none of which gives more bytes than it declares. */
final class ZipContents implements Closeable {

  private final Path file;
  private final ZipFile zip;
  private final Map<String, ZipEntry> entries;

  private ZipContents(Path file, ZipFile zip, Map<String, ZipEntry> entries) {
    this.file = file;
    this.zip = zip;
    this.entries = entries;
  }

  /**
   * Opens a zip file.
   *
   * @throws BadInputException if it is missing, damaged, or its entries are too many, twice there,
   *     compressed beyond what weights are, or too large together
   */
  static ZipContents open(Path file) throws IOException {
    if (FileFormat.of(file) != FileFormat.ZIP) {
      throw damaged(file, null);
    }
    ZipFile zip;
    try {
      zip = new ZipFile(file.toFile());
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      throw damaged(file, e);
    }
    try {
      return new ZipContents(file, zip, entries(file, zip));
    } catch (RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  /** What to call the file in an error. */
  String source() {
    return file.toString();
  }

  /** The names of all entries, in the file's order. */
  Set<String> names() {
    return entries.keySet();
  }

  /** Bytes an entry declares. */
  long size(String name) {
    return entries.get(name).getSize();
  }

  /**
   * The content of an entry.
   *
   * @throws BadInputException if it is damaged, or not of the declared length
   */
  byte[] read(String name) throws IOException {
    ZipEntry entry = entries.get(name);
    int size = Math.toIntExact(entry.getSize());
    byte[] bytes = new byte[size];
    boolean whole;
    try (InputStream in = zip.getInputStream(entry)) {
      whole = in.readNBytes(bytes, 0, size) == size && in.read() < 0;
    } catch (ZipException | EOFException e) {
      throw damagedEntry(name, e);
    }
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    if (!whole || checksum.getValue() != entry.getCrc()) {
      throw damagedEntry(name, null);
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  private static Map<String, ZipEntry> entries(Path file, ZipFile zip) {
    if (zip.size() > Limits.ENTRIES) {
      throw new BadInputException(
          "Cannot read %s: it has %d entries, more than %d. Give the weights alone."
              .formatted(file, zip.size(), Limits.ENTRIES));
    }
    Map<String, ZipEntry> entries = new LinkedHashMap<>();
    long bytes = 0;
    try {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String shown = Printable.of(entry.getName());
        if (entry.getSize() < 0) {
          throw damaged(file, null);
        }
        if (entry.getSize() > Limits.BYTES - bytes) {
          throw new BadInputException(
              "Cannot read %s: with its entry %s it takes more than %d MiB. Give the weights alone."
                  .formatted(file, shown, Limits.BYTES >> 20));
        }
        bytes += entry.getSize();
        if (entry.getSize() > Limits.COMPRESSION_BYTES
            && entry.getSize() / Limits.COMPRESSION >= entry.getCompressedSize()) {
          throw new BadInputException(
              "Cannot read %s: its entry %s inflates to over %d times its length. Do not compress it."
                  .formatted(file, shown, Limits.COMPRESSION));
        }
        if (entries.putIfAbsent(entry.getName(), entry) != null) {
          throw new BadInputException(
              "Cannot read %s: it has two entries %s. Replace the file.".formatted(file, shown));
        }
      }
    } catch (IllegalArgumentException e) {
      throw damaged(file, e);
    }
    return entries;
  }

  private static BadInputException damaged(Path file, Exception cause) {
    return new BadInputException(
        "Cannot read %s: it is not a zip file, or damaged. Replace the file.".formatted(file),
        cause);
  }

  private BadInputException damagedEntry(String name, Exception cause) {
    return new BadInputException(
        "Cannot read %s: its entry %s is damaged. Replace the file."
            .formatted(file, Printable.of(name)),
        cause);
  }
}
