package dev.puad.model.weights;

import dev.puad.model.BadInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** NumPy's {@code .npz}: a zip whose entries are tensors named {@code <key>.npy}. */
public final class NpzFile {

  static final String SUFFIX = ".npy";

  private NpzFile() {}

  /**
   * Reads every array of a file, by key, in the file's order.
   *
   * @throws BadInputException if the file is missing or damaged, takes too much memory, or an entry
   *     is not a supported array
   */
  public static StateDict read(Path file) throws IOException {
    try (ZipContents zip = ZipContents.open(file)) {
      return read(zip);
    }
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

  static StateDict read(ZipContents zip) throws IOException {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    for (String name : zip.names()) {
      String shown = zip.source() + "!/" + Printable.of(name);
      ByteArrayInputStream in = new ByteArrayInputStream(zip.read(name));
      Tensor array = NpyFormat.read(shown, in);
      if (in.available() > 0) {
        throw new BadInputException(
            "Cannot read %s: %d bytes follow its array. Write it with numpy.savez."
                .formatted(shown, in.available()));
      }
      if (arrays.putIfAbsent(key(name), array) != null) {
        throw new BadInputException(
            "Cannot read %s: it has two arrays %s. Replace the file."
                .formatted(zip.source(), Printable.of(key(name))));
      }
    }
    return new StateDict(zip.source(), arrays);
  }

  private static String key(String name) {
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }
}
