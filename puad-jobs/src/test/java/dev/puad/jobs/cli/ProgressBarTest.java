package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private Instant now = Instant.EPOCH;

  @Test
  void rewritesOneLine() {
    try (ProgressBar bar = bar(Terminal.Progress.REWRITTEN, 0)) {
      now = now.plusSeconds(10);
      bar.update(60, "loss 1.234");
      now = now.plusSeconds(10);
      bar.update(120, "loss 0.5");
    }

    assertThat(printed())
        .isEqualTo(
            "\rtrain [######------------------] 60/240  loss 1.234  6.00/s  0:30 left"
                + "\rtrain [############------------] 120/240  loss 0.5  6.00/s  0:20 left \n");
  }

  @Test
  void rewritesAtMostTenTimesASecond() {
    try (ProgressBar bar = bar(Terminal.Progress.REWRITTEN, 0)) {
      for (int i = 1; i <= 100; i++) {
        now = now.plusMillis(10);
        bar.update(i, "");
      }
    }

    assertThat(printed().chars().filter(c -> c == '\r').count()).isEqualTo(10);
  }

  @Test
  void writesALineEveryMinuteAndAtTheEnd() {
    try (ProgressBar bar = bar(Terminal.Progress.LINES, 0)) {
      for (int i = 1; i <= 240; i++) {
        now = now.plus(Duration.ofMillis(500));
        bar.update(i, "loss 2");
      }
    }

    assertThat(printed())
        .isEqualTo(
            "train 120/240  loss 2  2.00/s  1:00 left\ntrain 240/240  loss 2  2.00/s  in 2:00\n");
  }

  @Test
  void writesALineEveryMinuteWhileNothingIsDone() {
    try (ProgressBar bar = bar(Terminal.Progress.LINES, 0)) {
      for (int second = 1; second <= 150; second++) {
        now = now.plusSeconds(1);
        bar.tick();
      }
    }

    assertThat(printed()).isEqualTo("train 0/240\ntrain 0/240\n");
  }

  @Test
  void tellsHowLongItTakesWhereNobodyKnowsHowMuchThereIs() {
    try (ProgressBar bar =
        new ProgressBar(
            new PrintStream(bytes, false, StandardCharsets.UTF_8),
            Terminal.Progress.LINES,
            () -> now,
            "list",
            0,
            ProgressBar.UNKNOWN)) {
      now = now.plusSeconds(61);
      bar.tick();
    }

    assertThat(printed()).isEqualTo("list  1:01\n");
  }

  @Test
  void countsOnlyWhatThisRunDidInItsRate() {
    try (ProgressBar bar = bar(Terminal.Progress.LINES, 200)) {
      now = now.plusSeconds(40);
      bar.update(220, "");
    }

    assertThat(printed()).isEqualTo("train 220/240  0.500/s  0:40 left\n");
  }

  @Test
  void writesNothingWhenNothingWasDone() {
    bar(Terminal.Progress.REWRITTEN, 0).close();

    assertThat(printed()).isEmpty();
  }

  private ProgressBar bar(Terminal.Progress style, long done) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new ProgressBar(out, style, () -> now, "train", done, 240);
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
