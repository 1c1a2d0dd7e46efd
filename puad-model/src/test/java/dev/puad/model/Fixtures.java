package dev.puad.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.weights.NpyFormat;
import dev.puad.model.weights.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;

/**
 * Golden files: what the official implementations make of synthetic input. {@code
 * src/test/fixtures/README.md} says what each holds. They are part of the project, so that a file
 * that is missing fails the test that asks for it.
 */
public final class Fixtures {

  /** Both modules' tests run in their module's folder. */
  private static final Path ROOT =
      Path.of("../puad-model/src/test/fixtures").toAbsolutePath().normalize();

  /** What the tests asked for, a path a line, so that a build can say what it compared. */
  private static final Path READ = Path.of("target/fixtures-read.txt");

  private Fixtures() {}

  /** The path of a file, or of a folder of files. */
  public static Path path(String relative) {
    Path path = ROOT.resolve(relative);
    assertThat(path).as("golden file").exists();
    try {
      Files.createDirectories(READ.getParent());
      Files.writeString(
          READ, relative + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return path;
  }

  /** The array that NumPy calls {@code <name>.npy}, from {@code <name>.npy.gz}. */
  public static Tensor npy(String relative) {
    Path file = path(relative + ".gz");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return NpyFormat.read(file.toString(), in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
