package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tasks borrow lives in statics, as it does on executors: they run in this JVM. */
class ExecutorSharedTest {

  private static final ExecutorShared<Opened> SHARED = new ExecutorShared<>();

  /** What was opened, by its job. */
  private static final Map<UUID, List<Opened>> OPENED = new ConcurrentHashMap<>();

  private static final Map<UUID, Gate> GATES = new ConcurrentHashMap<>();

  @TempDir static Path warehouse;

  private static JavaSparkContext spark;

  private final UUID job = UUID.randomUUID();
  private final UUID other = UUID.randomUUID();
  private final ExecutorService driver = Executors.newSingleThreadExecutor();

  /** Something large, which says how often it was closed. */
  private static final class Opened implements AutoCloseable {

    private int closed;

    static Opened of(UUID job) {
      Opened opened = new Opened();
      OPENED
          .computeIfAbsent(job, first -> Collections.synchronizedList(new ArrayList<>()))
          .add(opened);
      return opened;
    }

    @Override
    public synchronized void close() {
      closed++;
    }

    synchronized int closed() {
      return closed;
    }
  }

  /** Where a task waits after it has borrowed. */
  private record Gate(CountDownLatch reached, CountDownLatch open) {}

  @BeforeAll
  static void open() {
    spark = JavaSparkContext.fromSparkContext(LocalSpark.open(warehouse).sparkContext());
  }

  @AfterEach
  void release() {
    driver.shutdownNow();
    SHARED.release(job);
    SHARED.release(other);
  }

  @Test
  void theTasksOfAJobShareOne() {
    run(job, 8);
    run(job, 8);

    assertThat(OPENED.get(job)).hasSize(1);
  }

  @Test
  void itStaysOpenBetweenTasks() {
    run(job, 2);

    assertThat(opened(job).closed()).isZero();
  }

  @Test
  void releasedItIsClosedOnce() {
    run(job, 2);

    SHARED.release(job);
    SHARED.release(job);

    assertThat(opened(job).closed()).isEqualTo(1);
  }

  @Test
  void releasedWhileATaskRunsItIsClosedWhenTheTaskHasEnded() throws Exception {
    Future<?> running = runUpToAGate(job);

    SHARED.release(job);
    assertThat(opened(job).closed()).isZero();
    letGo(job, running);

    assertThat(opened(job).closed()).isEqualTo(1);
  }

  @Test
  void aTaskOfAnotherJobClosesAnIdleOne() {
    run(job, 2);

    run(other, 1);

    assertThat(opened(job).closed()).isEqualTo(1);
    assertThat(opened(other).closed()).isZero();
  }

  @Test
  void aTaskOfAnotherJobLeavesARunningOneOpen() throws Exception {
    Future<?> running = runUpToAGate(job);

    run(other, 1);
    assertThat(opened(job).closed()).isZero();

    letGo(job, running);
    assertThat(opened(job).closed()).isZero();
  }

  @Test
  void aJobWhoseIdleOneWasClosedOpensAnother() {
    run(job, 1);
    run(other, 1);

    run(job, 1);

    assertThat(OPENED.get(job)).extracting(Opened::closed).containsExactly(1, 0);
  }

  @Test
  void releasingAJobLeavesAnothersOpen() {
    run(job, 1);

    SHARED.release(other);

    assertThat(opened(job).closed()).isZero();
  }

  private static void run(UUID job, int tasks) {
    spark
        .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
        .foreach(
            task ->
                assertThat(SHARED.borrow(job, () -> Opened.of(job)))
                    .isSameAs(OPENED.get(job).get(OPENED.get(job).size() - 1)));
  }

  /** Starts a job, whose only task has borrowed and waits on return. */
  private Future<?> runUpToAGate(UUID job) throws InterruptedException {
    Gate gate = new Gate(new CountDownLatch(1), new CountDownLatch(1));
    GATES.put(job, gate);
    Future<?> running =
        driver.submit(
            () ->
                spark
                    .parallelize(List.of(0), 1)
                    .foreach(
                        task -> {
                          SHARED.borrow(job, () -> Opened.of(job));
                          GATES.get(job).reached().countDown();
                          GATES.get(job).open().await();
                        }));
    assertThat(gate.reached().await(60, TimeUnit.SECONDS)).isTrue();
    return running;
  }

  private static void letGo(UUID job, Future<?> running)
      throws InterruptedException, ExecutionException {
    GATES.get(job).open().countDown();
    running.get();
  }

  private static Opened opened(UUID job) {
    assertThat(OPENED.get(job)).hasSize(1);
    return OPENED.get(job).get(0);
  }
}
