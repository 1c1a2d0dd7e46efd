package dev.puad.jobs.pipeline;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * A function of a partition's elements, in their order, computed some elements ahead by threads of
 * its own: storage is read and images are decoded while the task's thread does something else.
 *
 * <p>An element that takes too long is given up: its thread is interrupted, and another takes its
 * place, since a thread that storage holds may never come back.
 */
final class ReadAhead<A, B> implements Iterator<B>, AutoCloseable {

  private final Iterator<A> elements;
  private final Work<A, B> work;
  private final Function<A, B> late;
  private final Duration patience;
  private final int depth;
  private final Deque<Attempt> coming = new ArrayDeque<>();
  private final ThreadPoolExecutor workers;

  /** What is done with an element; by several threads at once. */
  interface Work<A, B> {

    /**
     * The element's result.
     *
     * @param progress to be told where the time begins anew, since the work gets on
     */
    B apply(A element, Runnable progress);
  }

  /**
   * Starts nothing before the first element is asked for.
   *
   * @param late what an element becomes that takes longer than {@code patience}; its work may still
   *     be going on
   * @param depth elements ahead, at least 1
   * @param threads that compute them
   */
  ReadAhead(
      Iterator<A> elements,
      Work<A, B> work,
      Function<A, B> late,
      Duration patience,
      int depth,
      int threads) {
    this.elements = elements;
    this.work = work;
    this.late = late;
    this.patience = patience;
    this.depth = depth;
    this.workers =
        new ThreadPoolExecutor(
            threads,
            Integer.MAX_VALUE,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            ReadAhead::thread);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "read-ahead");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public boolean hasNext() {
    return !coming.isEmpty() || elements.hasNext();
  }

  @Override
  public B next() {
    fill();
    Attempt next = coming.remove();
    fill();
    return next.result();
  }

  /** Stops the threads; what they were at is lost. */
  @Override
  public void close() {
    workers.shutdownNow();
  }

  private void fill() {
    while (coming.size() < depth && elements.hasNext()) {
      coming.add(new Attempt(elements.next()));
    }
  }

  /** Takes a thread in, or lets one go when it next has nothing to do. */
  private void changeThreads(int more) {
    synchronized (workers) {
      workers.setCorePoolSize(workers.getCorePoolSize() + more);
    }
  }

  /** One element on its way. */
  private final class Attempt {

    private final A element;
    private final Future<B> future;

    /** Falls when the work is done or given up, whichever is first. */
    private final AtomicBoolean open = new AtomicBoolean(true);

    private volatile boolean begun;
    private volatile long alive;

    Attempt(A element) {
      this.element = element;
      this.future = workers.submit(this::compute);
    }

    private B compute() {
      progress();
      begun = true;
      try {
        return work.apply(element, this::progress);
      } finally {
        if (!open.compareAndSet(true, false)) {
          // Another thread has taken this one's place.
          changeThreads(-1);
        }
      }
    }

    private void progress() {
      alive = System.nanoTime();
    }

    private long left() {
      return begun ? patience.toNanos() - (System.nanoTime() - alive) : patience.toNanos();
    }

    B result() {
      while (true) {
        try {
          return future.get(Math.max(1, left()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          if (left() <= 0 && open.compareAndSet(true, false)) {
            changeThreads(1);
            future.cancel(true);
            return late.apply(element);
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted while reading", e);
        } catch (ExecutionException e) {
          throw unchecked(e.getCause());
        }
      }
    }

    private static RuntimeException unchecked(Throwable cause) {
      if (cause instanceof Error failure) {
        throw failure;
      }
      return cause instanceof RuntimeException failure ? failure : new IllegalStateException(cause);
    }
  }
}
