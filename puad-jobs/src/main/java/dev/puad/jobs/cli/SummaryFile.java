package dev.puad.jobs.cli;

import dev.puad.jobs.config.Json;
import dev.puad.jobs.pipeline.WholeFile;
import dev.puad.model.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** A file that has a run's result for a scheduler to read, if one is asked for; a picocli mixin. */
final class SummaryFile {

  @Option(
      names = "--summary",
      paramLabel = "FILE",
      description =
          "Also write the JSON object of --json to FILE, or why the run failed; a run that was"
              + " killed leaves none.")
  private Path file;

  /**
   * Removes an earlier run's, which would pass for this one's.
   *
   * @throws BadInputException if it cannot be replaced
   */
  void clear() {
    if (file == null) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw unwritable(folder + " is no folder that can be written", null);
    }
    if (Files.isDirectory(file)) {
      throw unwritable("it is a folder", null);
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw unwritable(e.toString(), e);
    }
  }

  /**
   * Writes it, whole or not at all.
   *
   * @throws BadInputException if it cannot be written
   */
  void write(Object summary) {
    if (file == null) {
      return;
    }
    try {
      WholeFile.replace(file, whole -> Files.writeString(whole, Json.line(summary) + "\n"));
    } catch (UncheckedIOException e) {
      throw unwritable(e.getCause().toString(), e);
    }
  }

  private BadInputException unwritable(String why, Exception cause) {
    return new BadInputException(
        "Cannot write the summary %s: %s. Correct --summary.".formatted(file, why), cause);
  }
}
