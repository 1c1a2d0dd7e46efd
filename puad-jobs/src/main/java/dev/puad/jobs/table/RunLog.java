package dev.puad.jobs.table;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * One job run, from its start to its row in {@code puad.runs}.
 *
 * @param run its name, unique and in the order of time
 * @param command for example {@code score}
 * @param configuration the resolved settings, JSON
 * @param versions of the software, JSON
 * @param started when it began
 */
public record RunLog(
    String run, String command, String configuration, String versions, Instant started) {

  static final String RUNNING = "running";

  /** The outcome of a run that was told to end. */
  public static final String STOPPED = "stopped";

  /** The outcome of a run whose process ended without telling how. */
  static final String LOST = "lost";

  /** Images that a run scored, passed over and rejected. */
  public record Counts(long scored, long skipped, long rejected) {

    public static final Counts NONE = new Counts(0, 0, 0);

    /** Both together. */
    public Counts plus(Counts other) {
      return new Counts(scored + other.scored, skipped + other.skipped, rejected + other.rejected);
    }
  }

  /**
   * How a run ended that did what it could.
   *
   * @param error what it could not do, and why
   */
  public record Outcome(Counts counts, Optional<String> error) {}

  /** A run that begins now. */
  public static RunLog start(String command, String configuration, String versions) {
    Instant now = Instant.now();
    String unique = UUID.randomUUID().toString().substring(0, 8);
    return new RunLog(
        "%tY%<tm%<tdT%<tH%<tM%<tSZ-%s-%s".formatted(now.atOffset(ZoneOffset.UTC), command, unique),
        command,
        configuration,
        versions,
        now);
  }

  /** How long it has run. */
  public double seconds() {
    return Duration.between(started, Instant.now()).toMillis() / 1e3;
  }

  /** Does a run's work, which scores no images, and records how it ends. */
  public <T> T record(Lake lake, Supplier<T> work) {
    return record(lake, work, result -> new Outcome(Counts.NONE, Optional.empty()));
  }

  /**
   * Does a run's work and records how it ends. One that is killed stays {@code running} until the
   * next run on its host finds it {@code lost}.
   *
   * @param outcome of the work's result
   */
  public <T> T record(Lake lake, Supplier<T> work, Function<T, Outcome> outcome) {
    RunRows.of(lake).markLost(RunProcess.current().host());
    lake.append(Tables.RUNS, row(lake, Counts.NONE, RUNNING, null));
    try (StopSignal.Awaited stop = StopSignal.onSignal(() -> RunRows.of(lake).stop(this))) {
      T result = work.get();
      Outcome done = outcome.apply(result);
      lake.merge(Tables.RUNS, row(lake, done.counts(), "done", done.error().orElse(null)));
      return result;
    } catch (Exception e) {
      // Spark throws checked exceptions that its methods do not declare.
      if (!StopSignal.isHeard()) {
        failed(lake, e);
      }
      throw e;
    }
  }

  /** A lake that cannot be written leaves the failure as it is. */
  private void failed(Lake lake, Exception failure) {
    try {
      lake.merge(
          Tables.RUNS, row(lake, Counts.NONE, "failed", String.valueOf(failure.getMessage())));
    } catch (RuntimeException unwritable) {
      failure.addSuppressed(unwritable);
    }
  }

  private Dataset<Row> row(Lake lake, Counts counts, String outcome, String error) {
    RunProcess process = RunProcess.current();
    return lake.spark()
        .createDataFrame(
            List.of(
                RowFactory.create(
                    run,
                    command,
                    configuration,
                    versions,
                    Timestamp.from(started),
                    seconds(),
                    counts.scored(),
                    counts.skipped(),
                    counts.rejected(),
                    outcome,
                    error,
                    process.host(),
                    process.pid(),
                    process.started().map(Timestamp::from).orElse(null))),
            Tables.RUNS.schema());
  }
}
