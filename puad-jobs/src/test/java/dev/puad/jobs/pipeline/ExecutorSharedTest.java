package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tasks borrow lives in statics, as it does on executors: they run in this JVM. */
class ExecutorSharedTest {

  /** Nothing happens in it until a test says that time has passed. */
  private static final ScheduledThreadPoolExecutor TIMER = ExecutorShared.timer();

  private static final Duration IDLE = Duration.ofHours(1);

  private static final ExecutorShared<Opened> SHARED = new ExecutorShared<>(IDLE, TIMER);

  /** What was opened, by its job. */
  private static final Map<UUID, List<Opened>> OPENED = new ConcurrentHashMap<>();

  private static final Map<UUID, Gate> GATES = new ConcurrentHashMap<>();

  /** What fails when it is closed. */
  private static final Set<Opened> BROKEN = ConcurrentHashMap.newKeySet();

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
      if (BROKEN.contains(this)) {
        throw new IllegalStateException("it does not close");
      }
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
    TIMER.getQueue().clear();
  }

  @Test
  void theTasksOfAJobShareOne() {
    run(job, 8);
    run(job, 8);

    assertThat(OPENED.get(job)).hasSize(1);
  }

  @Test
  void theOneThatWasIdleLongestMakesRoomForAnother() {
    UUID third = UUID.randomUUID();
    run(job, 1, new ExecutorShared.Space(40, 100));
    run(other, 1, new ExecutorShared.Space(40, 100));
    run(job, 1, new ExecutorShared.Space(40, 100));

    run(third, 1, new ExecutorShared.Space(40, 100));

    assertThat(opened(job).closed()).isZero();
    assertThat(opened(other).closed()).isEqualTo(1);
    assertThat(opened(third).closed()).isZero();
    SHARED.release(third);
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
  void jobsThatAlternateLeaveEachOthersOpen() {
    for (int i = 0; i < 3; i++) {
      run(job, 1);
      run(other, 1);
    }

    assertThat(opened(job).closed()).isZero();
    assertThat(opened(other).closed()).isZero();
  }

  @Test
  void whatNoTaskHasUsedForAWhileIsClosed() {
    run(job, 2);

    letTimePass();

    assertThat(opened(job).closed()).isEqualTo(1);
  }

  @Test
  void aWhileIsAsLongAsWasSaid() {
    run(job, 1);

    assertThat(TIMER.getQueue())
        .singleElement()
        .satisfies(
            closing ->
                assertThat(((Delayed) closing).getDelay(TimeUnit.SECONDS))
                    .isBetween(IDLE.toSeconds() - 60, IDLE.toSeconds()));
  }

  @Test
  void whatATaskUsesStaysOpenAsLongAsItRuns() throws Exception {
    run(job, 1);
    Future<?> running = runUpToAGate(job);

    letTimePass();

    assertThat(opened(job).closed()).isZero();
    letGo(job, running);
    assertThat(opened(job).closed()).isZero();
  }

  @Test
  void whatIsBorrowedAgainMeanwhileStaysOpenForAnotherWhile() {
    run(job, 1);
    List<Runnable> first = List.copyOf(TIMER.getQueue());
    run(job, 1);

    first.forEach(Runnable::run);
    assertThat(opened(job).closed()).isZero();

    letTimePass();
    assertThat(opened(job).closed()).isEqualTo(1);
  }

  @Test
  void aJobWhoseIdleOneWasClosedOpensAnother() {
    run(job, 1);
    letTimePass();

    run(job, 1);

    assertThat(OPENED.get(job)).extracting(Opened::closed).containsExactly(1, 0);
  }

  @Test
  void whatATaskOpensAfterTheReleaseOfItsJobIsClosedAfterAWhile() {
    run(job, 1);
    SHARED.release(job);

    run(job, 1);
    letTimePass();

    assertThat(OPENED.get(job)).extracting(Opened::closed).containsExactly(1, 1);
  }

  @Test
  void releasedItIsNotClosedAgainAfterAWhile() {
    run(job, 1);
    SHARED.release(job);

    letTimePass();

    assertThat(opened(job).closed()).isEqualTo(1);
  }

  @Test
  void ofWhatIsReleasedNothingIsKept() {
    run(job, 1);

    SHARED.release(job);

    assertThat(TIMER.getQueue()).isEmpty();
  }

  @Test
  void whatCannotBeClosedIsTriedOnce() {
    run(job, 1);
    BROKEN.add(opened(job));

    letTimePass();
    run(other, 1);
    run(job, 1);
    letTimePass();

    assertThat(OPENED.get(job)).extracting(Opened::closed).containsExactly(1, 1);
  }

  @Test
  void aReleaseOfWhatCannotBeClosedEndsWell() {
    run(job, 1);
    BROKEN.add(opened(job));

    SHARED.release(job);

    assertThat(opened(job).closed()).isEqualTo(1);
  }

  @Test
  void releasingAJobLeavesAnothersOpen() {
    run(job, 1);

    SHARED.release(other);

    assertThat(opened(job).closed()).isZero();
  }

  /** Has happen what waits for time to pass. */
  private static void letTimePass() {
    List<Runnable> waiting = List.copyOf(TIMER.getQueue());
    TIMER.getQueue().clear();
    waiting.forEach(Runnable::run);
  }

  private static void run(UUID job, int tasks) {
    run(job, tasks, ExecutorShared.Space.NONE);
  }

  private static void run(UUID job, int tasks, ExecutorShared.Space space) {
    spark
        .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
        .foreach(
            task ->
                assertThat(SHARED.borrow(job, space, () -> Opened.of(job)))
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
