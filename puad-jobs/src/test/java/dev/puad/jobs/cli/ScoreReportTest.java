package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.pipeline.ManyFlagged;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ScoreReportTest {

  @Test
  void aNightThatFlagsMostIsALineWithItsNumbersAndThoseBefore() {
    assertThat(warning(new ManyFlagged("cup", 2, 60, 60, 2.575, 84, 120, OptionalDouble.of(0.5))))
        .isEqualTo(
            "puad: 60 of 60 images of category cup are above the threshold 2.575: their median"
                + " score is 84.00 (0.5000 over the 120 images that version 2 scored before). Look"
                + " at some of them: light, camera or product may have changed\n");
  }

  @Test
  void aVersionThatHasScoredNothingElseSaysSo() {
    assertThat(warning(new ManyFlagged("cup", 1, 20, 11, 5, 9, 0, OptionalDouble.empty())))
        .contains("median score is 9.000 (version 1 has scored no others). ");
  }

  private static String warning(ManyFlagged flagged) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ScoreReport.warn(
        new Terminal(
            System.out,
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Terminal.Progress.LINES),
        List.of(flagged));
    return err.toString(StandardCharsets.UTF_8);
  }
}
