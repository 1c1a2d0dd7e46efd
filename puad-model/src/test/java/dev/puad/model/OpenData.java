package dev.puad.model;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Networks and images that others publish; tests that need them are skipped without. */
public final class OpenData {

  private static final Path ROOT = locate();

  private OpenData() {}

  /**
   * A file's path; skips the running test where the data, or all of its group, is absent. A file
   * that is missing in its group fails the test, which may have misspelled it.
   */
  public static Path path(String relative) {
    Path group = ROOT.resolve(Path.of(relative).getName(0));
    assumeTrue(Files.isDirectory(group), "skipped: no data in " + group);
    return ROOT.resolve(relative);
  }

  private static Path locate() {
    String set = System.getenv("PUAD_DATA");
    if (set != null) {
      return Path.of(set);
    }
    return Path.of("../../shared/data").toAbsolutePath().normalize();
  }
}
