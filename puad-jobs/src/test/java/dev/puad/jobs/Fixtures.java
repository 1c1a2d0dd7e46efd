package dev.puad.jobs;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.puad.model.weights.NpyFormat;
import dev.puad.model.weights.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Golden files from the official implementations; tests that need them are skipped without. */
public final class Fixtures {

  private static final Path ROOT = locate();

  private Fixtures() {}

  /**
   * A fixture's path; skips the running test where the fixtures, or all of its group, are absent. A
   * file that is missing in its group fails the test, which may have misspelled it.
   */
  public static Path path(String relative) {
    Path group = ROOT.resolve(Path.of(relative).getName(0));
    assumeTrue(Files.isDirectory(group), "skipped: no fixtures in " + group);
    return ROOT.resolve(relative);
  }

  /** A fixture array; skips the running test where the fixtures are absent. */
  public static Tensor npy(String relative) {
    Path file = path(relative);
    try (InputStream in = Files.newInputStream(file)) {
      return NpyFormat.read(file.toString(), in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path locate() {
    String set = System.getenv("PUAD_FIXTURES");
    if (set != null) {
      return Path.of(set);
    }
    return Path.of("../../shared/fixtures").toAbsolutePath().normalize();
  }
}
