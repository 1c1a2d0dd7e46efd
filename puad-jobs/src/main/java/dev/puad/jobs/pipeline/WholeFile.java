package dev.puad.jobs.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that is there whole or not at all: written beside, then renamed. */
public final class WholeFile {

  /** What programs ask for; the process's umask takes from it, which a temporary file's is not. */
  private static final FileAttribute<Set<PosixFilePermission>> USUAL =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-rw-rw-"));

  private WholeFile() {}

  /** Writes a file that it is given. */
  @FunctionalInterface
  public interface Writing {
    void to(Path file) throws IOException;
  }

  /**
   * Replaces the file by what is written; of a link to a file, the file that it leads to.
   *
   * @throws UncheckedIOException if that fails, which leaves the file as it was
   */
  public static void replace(Path file, Writing writing) {
    try {
      Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
      Path whole =
          Files.createTempFile(target.getParent(), target.getFileName() + ".", ".new", USUAL);
      try {
        writing.to(whole);
        Files.move(
            whole, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        // Moved, it is not there any more.
        Files.deleteIfExists(whole);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Why a file could not be written, without the names of files that a user has not named. */
  public static String reason(UncheckedIOException failure) {
    IOException cause = failure.getCause();
    if (cause instanceof AccessDeniedException) {
      return "no permission";
    }
    if (cause instanceof NoSuchFileException) {
      return "no such folder";
    }
    if (cause instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    return cause.getMessage();
  }
}
