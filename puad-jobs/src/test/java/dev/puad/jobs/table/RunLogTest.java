package dev.puad.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.jobs.LocalSpark;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.RowFactory;
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

  @Test
  void aRunWhoseProcessIsGoneIsLostToTheNext() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    running("gone", RunProcess.current().host(), ended.pid(), Optional.empty());

    RunLog.start("score", "{}", "{}").record(lake, () -> null);

    assertThat(status("gone"))
        .containsExactly(
            "[lost,process %d of %s is gone]".formatted(ended.pid(), RunProcess.current().host()));
  }

  @Test
  void aRunIsLostWhoseProcessNumberIsAnothersNow() {
    RunProcess here = RunProcess.current();
    running("reused", here.host(), here.pid(), here.started().map(t -> t.minusSeconds(3600)));

    RunLog.start("score", "{}", "{}").record(lake, () -> null);

    assertThat(status("reused").get(0)).startsWith("[lost,");
  }

  @Test
  void runsOfThisProcessAndOfOtherHostsGoOn() {
    RunProcess here = RunProcess.current();
    running("mine", here.host(), here.pid(), here.started());
    running("another's", here.host() + "-2", 1, Optional.empty());

    RunLog.start("score", "{}", "{}").record(lake, () -> null);

    assertThat(status("mine")).containsExactly("[running,null]");
    assertThat(status("another's")).containsExactly("[running,null]");
  }

  @Test
  void aRunThatIsStoppedSaysSoWithoutSpark() {
    RunLog run = RunLog.start("train", "{}", "{}");

    run.record(
        lake,
        () -> {
          RunRows.of(lake).stop(run);
          assertThat(rows(run)).containsExactly("[stopped,0,0,0,null]");
          return null;
        });

    // It went on all the same, and told so.
    assertThat(rows(run)).containsExactly("[done,0,0,0,null]");
  }

  private static void running(String run, String host, long pid, Optional<Instant> started) {
    lake.append(
        Tables.RUNS,
        lake.spark()
            .createDataFrame(
                List.of(
                    RowFactory.create(
                        run,
                        "score",
                        "{}",
                        "{}",
                        Timestamp.from(Instant.now()),
                        0.0,
                        0L,
                        0L,
                        0L,
                        "running",
                        null,
                        host,
                        pid,
                        started.map(Timestamp::from).orElse(null))),
                Tables.RUNS.schema()));
  }

  private static List<String> status(String run) {
    return LocalSpark.rows(
        warehouse, "select status, error from puad.run_status where run = \"%s\"".formatted(run));
  }

  private static List<String> rows(RunLog run) {
    return LocalSpark.rows(
        warehouse,
        "select outcome, scored, skipped, rejected, error from puad.runs where run = '%s'"
            .formatted(run.run()));
  }
}
