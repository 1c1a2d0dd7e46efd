package dev.puad.jobs.table;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.cli.JavaProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.SupportsRowLevelOperations;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.expressions.filter.Predicate;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.SupportsRuntimeV2Filtering;
import org.apache.spark.sql.connector.write.RowLevelOperation;
import org.apache.spark.sql.connector.write.RowLevelOperationInfo;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two writers of the same rows at once: none is doubled, none is lost. */
@Tag("slow")
class ConcurrentMergeTest {

  private static final int ROUNDS = 3;
  private static final int IMAGES = 200;

  @TempDir Path warehouse;

  @Test
  void twoSessionsLeaveEachKeyOnce() throws Exception {
    List<SparkSession> sessions =
        List.of(LocalSpark.another(warehouse), LocalSpark.another(warehouse));
    CyclicBarrier start = new CyclicBarrier(sessions.size());
    ExecutorService writers = Executors.newFixedThreadPool(sessions.size());
    try {
      List<Future<?>> done = new ArrayList<>();
      for (SparkSession session : sessions) {
        done.add(
            writers.submit(
                () -> {
                  start.await();
                  Lake lake = Lake.open(session);
                  for (int round = 0; round < ROUNDS; round++) {
                    start.await();
                    mergeRound(lake, round);
                  }
                  return null;
                }));
      }
      for (Future<?> writer : done) {
        writer.get(60, TimeUnit.SECONDS);
      }
    } finally {
      writers.shutdownNow();
    }

    assertEachKeyOnce();
  }

  @Test
  void twoProcessesLeaveEachKeyOnce() throws Exception {
    Process other = startOther();
    try {
      Lake lake = Lake.open(LocalSpark.open(warehouse));
      for (int round = 0; round < ROUNDS; round++) {
        // The other says when it is about to merge this round, and waits to be told.
        assertThat(other.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("ready");
        other.outputWriter(StandardCharsets.UTF_8).append("go\n").flush();
        mergeRound(lake, round);
      }
      assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(other.exitValue()).isZero();
    } finally {
      other.destroyForcibly();
    }

    assertEachKeyOnce();
  }

  /**
   * A statement loads its table once to plan its own scan and refreshes it to plan the choice of
   * files. Here another writer commits in between, by Spark's steps one at a time.
   */
  @Test
  void aTableThatChangedWhileAStatementWasPlannedIsAConflict() throws Exception {
    SparkSession spark = LocalSpark.open(warehouse);
    Lake lake = Lake.open(spark);
    mergeRound(lake, 0);
    TableCatalog catalog = (TableCatalog) spark.sessionState().catalogManager().catalog("lake");
    Table rejects = catalog.loadTable(Identifier.of(new String[] {"puad"}, Tables.REJECTS.name()));
    CaseInsensitiveStringMap options = CaseInsensitiveStringMap.empty();
    AtomicInteger attempts = new AtomicInteger();

    CommitRetry.onConflict(
        "planning",
        () -> {
          Scan planned =
              ((SupportsRowLevelOperations) rejects)
                  .newRowLevelOperationBuilder(new Delete())
                  .build()
                  .newScanBuilder(options)
                  .build();
          if (attempts.incrementAndGet() == 1) {
            mergeRound(lake, 1);
          }
          ((SupportsRead) rejects).newScanBuilder(options);
          ((SupportsRuntimeV2Filtering) planned).filter(new Predicate[0]);
        });

    assertThat(attempts).hasValue(2);
  }

  private record Delete() implements RowLevelOperationInfo {

    @Override
    public CaseInsensitiveStringMap options() {
      return CaseInsensitiveStringMap.empty();
    }

    @Override
    public RowLevelOperation.Command command() {
      return RowLevelOperation.Command.DELETE;
    }
  }

  private Process startOther() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JavaProcess.ownFlags());
    command.addAll(
        List.of(
            "-Xmx1g",
            "-cp",
            System.getProperty("java.class.path"),
            Other.class.getName(),
            warehouse.toString()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private void assertEachKeyOnce() {
    Lake lake = Lake.existing(LocalSpark.open(warehouse));
    Map<String, Long> images =
        lake.read(Tables.REJECTS).groupBy("category").count().collectAsList().stream()
            .collect(Collectors.toMap(row -> row.getString(0), row -> row.getLong(1)));
    Map<String, Long> expected = new HashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      expected.put("round " + round, (long) IMAGES);
    }
    assertThat(images).isEqualTo(expected);
    assertThat(lake.read(Tables.REJECTS).select(col("category"), col("image")).distinct().count())
        .isEqualTo((long) ROUNDS * IMAGES);
  }

  private static void mergeRound(Lake lake, int round) {
    lake.merge(Tables.REJECTS, Rows.rejects(lake.spark(), "round " + round, IMAGES, "r"));
  }

  /** The other process. */
  static final class Other {

    private Other() {}

    public static void main(String[] args) throws IOException {
      Lake lake = Lake.open(LocalSpark.open(Path.of(args[0])));
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      for (int round = 0; round < ROUNDS; round++) {
        out.print("ready\n");
        out.flush();
        while (System.in.read() != '\n') {}
        mergeRound(lake, round);
      }
      System.exit(0);
    }
  }
}
