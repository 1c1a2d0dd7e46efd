package dev.puad.jobs.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that is there whole or not at all: written beside, then renamed. */
public final class WholeFile {

  private WholeFile() {}

  /** Writes a file that it is given. */
  @FunctionalInterface
  public interface Writing {
    void to(Path file) throws IOException;
  }

  /** Replaces the file by what is written. */
  public static void replace(Path file, Writing writing) {
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    try {
      writing.to(whole);
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(whole);
      } catch (IOException remains) {
        e.addSuppressed(remains);
      }
      throw new UncheckedIOException(e);
    }
  }
}
