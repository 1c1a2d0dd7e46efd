package dev.puad.model;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Networks and images that others publish under terms of their own, in the folder {@code
 * PUAD_DATA}. They are not part of the project: tests that need them have the tag {@code open-data}
 * and are skipped without.
 */
public final class OpenData {

  private OpenData() {}

  /** A file's path; skips the running test where it is not there. */
  public static Path path(String relative) {
    String root = System.getenv("PUAD_DATA");
    assumeTrue(root != null, "skipped: PUAD_DATA is not set, which would hold " + relative);
    Path path = Path.of(root).resolve(relative);
    assumeTrue(Files.exists(path), "skipped: no " + relative + " in PUAD_DATA");
    return path;
  }
}
