package dev.puad.jobs.cli;

import dev.puad.jobs.config.Json;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/**
 * Where a command writes: its result on {@code out}, progress and warnings on {@code err}.
 *
 * @param progress how progress is shown on {@code err}
 */
public record Terminal(PrintStream out, PrintStream err, Progress progress) {

  /** How a person follows a run. */
  public enum Progress {
    /** One line, rewritten in place: a person reads it on a terminal. */
    REWRITTEN,
    /** A line now and then, for logs. */
    LINES
  }

  /** The process's own streams, in UTF-8. */
  @SuppressWarnings("SystemConsoleNull") // from JDK 22 on it is not null; the build demands 17
  static Terminal ofProcess() {
    boolean person = System.console() != null && !"dumb".equals(System.getenv("TERM"));
    return new Terminal(
        utf8(FileDescriptor.out),
        utf8(FileDescriptor.err),
        person ? Progress.REWRITTEN : Progress.LINES);
  }

  /** Writes a result as one JSON object on a line of its own. */
  public void json(Object result) {
    out.println(Json.line(result));
    out.flush();
  }

  /**
   * Says which signal ends the process, and lets nothing else be heard on {@code err} from then on:
   * Spark and its tasks complain of a shutdown in some fifty lines.
   */
  void stopped(String signal) {
    if (progress == Progress.REWRITTEN) {
      // Below the line that is being rewritten.
      err.println();
    }
    err.println("puad: stopped by " + signal);
    // Standard error's descriptor too, and so whoever else writes to it.
    err.close();
  }

  /**
   * A progress bar on {@code err}.
   *
   * @param title what goes on, for example {@code train}
   * @param done how much was done before, which the rate leaves out
   * @param total how much there is to do, or {@link ProgressBar#UNKNOWN}
   */
  public ProgressBar progressBar(String title, long done, long total) {
    return new ProgressBar(err, progress, InstantSource.system(), title, done, total).ticking();
  }

  // Whatever the locale: JSON is UTF-8, and a category's name survives LANG=C.
  private static PrintStream utf8(FileDescriptor stream) {
    return new PrintStream(new FileOutputStream(stream), false, StandardCharsets.UTF_8);
  }
}
