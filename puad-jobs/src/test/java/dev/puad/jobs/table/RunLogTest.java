package dev.puad.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.jobs.LocalSpark;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {

  @TempDir static Path warehouse;

  private static Lake lake;

  @BeforeAll
  static void open() {
    lake = Lake.open(LocalSpark.open(warehouse));
  }

  @Test
  void aRunThatGoesOnOrWasKilledIsRunning() {
    RunLog run = RunLog.start("score", "{}", "{}");

    List<String> meanwhile = run.record(lake, () -> rows(run));

    assertThat(meanwhile).containsExactly("[running,0,0,0,null]");
  }

  @Test
  void aRunThatEndedHasItsCountsInTheSameRow() {
    RunLog run = RunLog.start("score", "{}", "{}");

    run.record(
        lake,
        () -> new RunLog.Counts(1, 2, 3),
        counts -> new RunLog.Outcome(counts, Optional.of("a part")));

    assertThat(rows(run)).containsExactly("[done,1,2,3,a part]");
  }

  @Test
  void aRunThatFailedSaysWhyInTheSameRow() {
    RunLog run = RunLog.start("score", "{}", "{}");

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                run.record(
                    lake,
                    () -> {
                      throw new IllegalStateException("it is broken");
                    }));

    assertThat(rows(run)).containsExactly("[failed,0,0,0,it is broken]");
  }

  private static List<String> rows(RunLog run) {
    return LocalSpark.rows(
        warehouse,
        "select outcome, scored, skipped, rejected, error from puad.runs where run = '%s'"
            .formatted(run.run()));
  }
}
