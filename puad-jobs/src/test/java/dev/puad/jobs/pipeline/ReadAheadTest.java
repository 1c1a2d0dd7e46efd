package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadAheadTest {

  private static final int DEPTH = 3;

  private static final Duration IMPATIENT = Duration.ofMillis(300);

  @Test
  void theOrderIsThatOfTheElements() {
    List<String> read = new ArrayList<>();

    try (ReadAhead<Integer, String> ahead = of(100, i -> "element " + i)) {
      ahead.forEachRemaining(read::add);
    }

    assertThat(read).isEqualTo(IntStream.range(0, 100).mapToObj(i -> "element " + i).toList());
  }

  @Test
  void asManyElementsAsThreadsAreComputedAtOnce() {
    CountDownLatch together = new CountDownLatch(2);
    Function<Integer, Boolean> waiting =
        i -> {
          together.countDown();
          try {
            return together.await(30, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            return false;
          }
        };

    try (ReadAhead<Integer, Boolean> ahead = of(IntStream.range(0, 2).iterator(), waiting, 2)) {
      assertThat(ahead.next()).isTrue();
      assertThat(ahead.next()).isTrue();
    }
  }

  @Test
  void nothingIsTakenBeforeTheFirstElementIsAskedFor() {
    AtomicInteger taken = new AtomicInteger();

    try (ReadAhead<Integer, Integer> ahead = of(counted(10, taken), Function.identity(), 1)) {
      assertThat(ahead.hasNext()).isTrue();
    }

    assertThat(taken).hasValue(0);
  }

  @Test
  void nothingIsTakenFurtherAheadThanTheDepth() {
    AtomicInteger taken = new AtomicInteger();

    try (ReadAhead<Integer, Integer> ahead = of(counted(20, taken), Function.identity(), 1)) {
      for (int returned = 1; returned <= 20; returned++) {
        ahead.next();
        assertThat(taken).hasValue(Math.min(20, returned + DEPTH));
      }
    }
  }

  @Test
  void theNextElementsAreComputedWhileTheCallerDoesSomethingElse() throws InterruptedException {
    CountDownLatch computed = new CountDownLatch(1 + DEPTH);
    List<Thread> threads = Collections.synchronizedList(new ArrayList<>());

    try (ReadAhead<Integer, Integer> ahead =
        of(
            20,
            i -> {
              threads.add(Thread.currentThread());
              computed.countDown();
              return i;
            })) {
      ahead.next();
      // Nothing more is asked for: they come by themselves.
      assertThat(computed.await(30, TimeUnit.SECONDS)).isTrue();
    }

    assertThat(threads).doesNotContain(Thread.currentThread());
  }

  @Test
  void whatTheFunctionThrowsComesInItsElementsPlace() {
    IllegalArgumentException failure = new IllegalArgumentException("not this one");

    try (ReadAhead<Integer, Integer> ahead = of(6, i -> i == 2 ? fail(failure) : i)) {
      assertThat(ahead.next()).isEqualTo(0);
      assertThat(ahead.next()).isEqualTo(1);
      assertThatThrownBy(ahead::next).isSameAs(failure);
      assertThat(ahead.next()).isEqualTo(3);
    }
  }

  /** Of memory that does not suffice, Spark must hear as of what it is. */
  @Test
  void anErrorComesAsItIs() {
    OutOfMemoryError failure = new OutOfMemoryError("not enough");

    try (ReadAhead<Integer, Integer> ahead =
        of(
            1,
            i -> {
              throw failure;
            })) {
      assertThatThrownBy(ahead::next).isSameAs(failure);
    }
  }

  @Test
  void closingInterruptsWhatIsBeingComputed() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    ReadAhead<Integer, Integer> ahead =
        of(
            10,
            i -> {
              if (i > 0) {
                begun.countDown();
                waitFor(interrupted);
              }
              return i;
            });
    ahead.next();
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

    ahead.close();

    assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void nothingIsComputedAfterClosing() {
    AtomicInteger computed = new AtomicInteger();
    ReadAhead<Integer, Integer> ahead = of(10, i -> computed.incrementAndGet());

    ahead.close();

    assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(ahead::next);
    assertThat(computed).hasValue(0);
  }

  @Test
  void whatTakesTooLongIsGivenUpAndTheOthersAreNot() {
    List<String> read = new ArrayList<>();

    try (ReadAhead<Integer, String> ahead =
        impatient(
            6,
            (i, progress) -> {
              if (i == 1 || i == 4) {
                waitFor(new CountDownLatch(1));
              }
              return "element " + i;
            })) {
      ahead.forEachRemaining(read::add);
    }

    assertThat(read)
        .containsExactly(
            "element 0", "1 is late", "element 2", "element 3", "4 is late", "element 5");
  }

  @Test
  void whatTakesTooLongIsInterrupted() throws InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);

    try (ReadAhead<Integer, String> ahead =
        impatient(
            1,
            (i, progress) -> {
              waitFor(interrupted);
              return "";
            })) {
      ahead.next();

      assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Storage may hold a thread whatever it is told. */
  @Test
  void threadsThatCannotBeInterruptedStarveNoOther() throws InterruptedException {
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch back = new CountDownLatch(3);
    List<String> read = new ArrayList<>();
    try (ReadAhead<Integer, String> ahead =
        impatient(
            40,
            (i, progress) -> {
              if (i < 3) {
                awaitUninterruptibly(released);
                back.countDown();
              }
              return "element " + i;
            })) {
      for (int i = 0; i < 20; i++) {
        read.add(ahead.next());
      }
      released.countDown();
      assertThat(back.await(30, TimeUnit.SECONDS)).isTrue();
      ahead.forEachRemaining(read::add);
    }

    assertThat(read.subList(0, 3)).containsExactly("0 is late", "1 is late", "2 is late");
    assertThat(read.subList(3, 40))
        .isEqualTo(IntStream.range(3, 40).mapToObj(i -> "element " + i).toList());
  }

  @Test
  void whatGetsOnMayTakeLonger() {
    try (ReadAhead<Integer, String> ahead =
        impatient(
            1,
            (i, progress) -> {
              for (int step = 0; step < 10; step++) {
                sleep(IMPATIENT.dividedBy(4));
                progress.run();
              }
              return "done";
            })) {
      assertThat(ahead.next()).isEqualTo("done");
    }
  }

  @Test
  void waitingForItsTurnTakesNoTime() {
    List<String> read = new ArrayList<>();

    try (ReadAhead<Integer, String> ahead =
        impatient(
            8,
            (i, progress) -> {
              sleep(IMPATIENT.dividedBy(3));
              return "element " + i;
            })) {
      ahead.forEachRemaining(read::add);
    }

    assertThat(read).isEqualTo(IntStream.range(0, 8).mapToObj(i -> "element " + i).toList());
  }

  @Test
  void ofNothingThereIsNothing() {
    try (ReadAhead<Integer, Integer> ahead = of(0, Function.identity())) {
      assertThat(ahead.hasNext()).isFalse();
    }
  }

  private static <B> ReadAhead<Integer, B> of(int elements, Function<Integer, B> function) {
    return of(IntStream.range(0, elements).iterator(), function, 1);
  }

  private static <B> ReadAhead<Integer, B> of(
      Iterator<Integer> elements, Function<Integer, B> function, int threads) {
    return new ReadAhead<>(
        elements,
        (element, progress) -> function.apply(element),
        element -> {
          throw new AssertionError(element + " took too long");
        },
        Duration.ofMinutes(1),
        DEPTH,
        threads);
  }

  private static ReadAhead<Integer, String> impatient(
      int elements, ReadAhead.Work<Integer, String> work) {
    return new ReadAhead<>(
        IntStream.range(0, elements).iterator(), work, i -> i + " is late", IMPATIENT, DEPTH, 1);
  }

  private static void sleep(Duration time) {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // As storage does.
      }
    }
  }

  /** The numbers from 0, counting those that were taken. */
  private static Iterator<Integer> counted(int elements, AtomicInteger taken) {
    return new Iterator<>() {

      @Override
      public boolean hasNext() {
        return taken.get() < elements;
      }

      @Override
      public Integer next() {
        return taken.getAndIncrement();
      }
    };
  }

  private static int fail(RuntimeException failure) {
    throw failure;
  }

  /** Waits for ever, until it is interrupted, which it says. */
  private static void waitFor(CountDownLatch interrupted) {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.countDown();
    }
  }
}
