package dev.puad.model.weights;

import dev.puad.model.BadInputException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** NumPy's {@code .npz}: a zip whose entries are tensors named {@code <key>.npy}. */
public final class NpzFile {

  private static final String SUFFIX = ".npy";

  private NpzFile() {}

  /**
   * Reads every array of a file, by key, in the file's order.
   *
   * @throws BadInputException if the file is damaged, or an entry is not a supported array
   */
  public static StateDict read(Path file) throws IOException {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String name = entry.getName();
        String key =
            name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
        arrays.put(key, read(file + "!/" + name, zip, entry));
      }
    } catch (ZipException | EOFException e) {
      throw new BadInputException(
          "Cannot read %s: it is not a zip file, or damaged. Replace the file.".formatted(file), e);
    }
    return new StateDict(file.toString(), arrays);
  }

  /** Writes arrays by key, in the map's order; the same arrays give the same bytes. */
  public static void write(Path file, Map<String, Tensor> arrays) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, Tensor> array : arrays.entrySet()) {
        ZipEntry entry = new ZipEntry(array.getKey() + SUFFIX);
        entry.setTime(0L);
        zip.putNextEntry(entry);
        NpyFormat.write(array.getValue(), zip);
        zip.closeEntry();
      }
    }
  }

  /** An entry, which {@link ZipFile} alone would not hold against its checksum. */
  private static Tensor read(String name, ZipFile zip, ZipEntry entry) throws IOException {
    try (InputStream in = zip.getInputStream(entry);
        CheckedInputStream checked = new CheckedInputStream(in, new CRC32())) {
      Tensor array = NpyFormat.read(name, checked);
      if (checked.getChecksum().getValue() != entry.getCrc()) {
        throw new ZipException("invalid checksum of " + name);
      }
      return array;
    }
  }
}
