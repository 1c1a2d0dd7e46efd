package dev.puad.jobs.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/**
 * How far a run is: count, a detail such as the loss, rate, time left; or, where nobody knows how
 * much there is to do, how long it takes. On a person's terminal one line is rewritten; elsewhere a
 * line is written every minute, and one at the end.
 */
public final class ProgressBar implements AutoCloseable {

  /** A total. */
  static final long UNKNOWN = -1;

  private static final int CELLS = 24;
  private static final Duration REWRITE_AFTER = Duration.ofMillis(100);
  private static final Duration LINE_AFTER = Duration.ofMinutes(1);

  private final PrintStream out;
  private final Terminal.Progress style;
  private final InstantSource clock;
  private final String title;
  private final long start;
  private final long total;
  private final Instant began;
  private Instant shown;
  private long done;
  private String detail = "";
  private int width;
  private boolean stale;
  private boolean closed;
  private Thread ticker;

  ProgressBar(
      PrintStream out,
      Terminal.Progress style,
      InstantSource clock,
      String title,
      long start,
      long total) {
    this.out = out;
    this.style = style;
    this.clock = clock;
    this.title = title;
    this.start = start;
    this.total = total;
    this.done = start;
    this.began = clock.instant();
    this.shown = began;
  }

  /**
   * Tells what is done by now.
   *
   * @param detail shown beside the count, for example {@code loss 1.234}; may be empty
   */
  public synchronized void update(long done, String detail) {
    this.done = done;
    this.detail = detail;
    stale = true;
    tick();
  }

  /** From now on it tells by itself that the run goes on. */
  ProgressBar ticking() {
    ticker = new Thread(this::tickUntilClosed, "puad-progress-bar");
    ticker.setDaemon(true);
    ticker.start();
    return this;
  }

  private void tickUntilClosed() {
    try {
      while (true) {
        Thread.sleep(1000);
        tick();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Tells that the run still goes on, also where nothing is done for long. */
  synchronized void tick() {
    Duration least = style == Terminal.Progress.REWRITTEN ? REWRITE_AFTER : LINE_AFTER;
    if (!closed && Duration.between(shown, clock.instant()).compareTo(least) >= 0) {
      show();
    }
  }

  /** Shows the last state and ends the line. */
  @Override
  public synchronized void close() {
    closed = true;
    if (ticker != null) {
      ticker.interrupt();
    }
    if (stale) {
      show();
    }
    if (style == Terminal.Progress.REWRITTEN && width > 0) {
      out.println();
      out.flush();
    }
  }

  private void show() {
    shown = clock.instant();
    stale = false;
    if (style == Terminal.Progress.LINES) {
      out.println(line(""));
    } else {
      String line = line(" [" + bar() + "]");
      // Blanks wipe what a longer line left behind.
      out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = line.length();
    }
    out.flush();
  }

  private String line(String bar) {
    double seconds = Duration.between(began, shown).toNanos() / 1e9;
    if (total == UNKNOWN) {
      return "%s  %s".formatted(title, clockTime(Math.round(seconds)));
    }
    StringBuilder line = new StringBuilder(title).append(bar);
    line.append(' ').append(done).append('/').append(total);
    if (!detail.isEmpty()) {
      line.append("  ").append(detail);
    }
    double rate = seconds > 0 ? (done - start) / seconds : 0;
    if (rate > 0) {
      line.append(String.format(Locale.ROOT, "  %.3g/s", rate));
      line.append(
          done >= total
              ? "  in " + clockTime(Math.round(seconds))
              : "  " + clockTime(Math.round((total - done) / rate)) + " left");
    }
    return line.toString();
  }

  private String bar() {
    int full = total > 0 ? (int) Math.min(CELLS, CELLS * done / total) : CELLS;
    return "#".repeat(full) + "-".repeat(CELLS - full);
  }

  private static String clockTime(long seconds) {
    return seconds < 3600
        ? "%d:%02d".formatted(seconds / 60, seconds % 60)
        : "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
