package dev.puad.jobs.pipeline;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * A function of a partition's elements, in their order, computed some elements ahead by threads of
 * its own: storage is read and images are decoded while the task's thread does something else.
 */
final class ReadAhead<A, B> implements Iterator<B>, AutoCloseable {

  private final Iterator<A> elements;
  private final Function<A, B> function;
  private final int depth;
  private final Deque<Future<B>> coming = new ArrayDeque<>();
  private final ExecutorService workers;

  /**
   * Starts nothing before the first element is asked for.
   *
   * @param function may be called by several threads at once
   * @param depth elements ahead, at least 1
   * @param threads that compute them
   */
  ReadAhead(Iterator<A> elements, Function<A, B> function, int depth, int threads) {
    this.elements = elements;
    this.function = function;
    this.depth = depth;
    this.workers = Executors.newFixedThreadPool(threads, ReadAhead::thread);
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
    Future<B> next = coming.remove();
    fill();
    try {
      return next.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while reading", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Stops the threads; what they were at is lost. */
  @Override
  public void close() {
    workers.shutdownNow();
  }

  private void fill() {
    while (coming.size() < depth && elements.hasNext()) {
      A element = elements.next();
      coming.add(workers.submit(() -> function.apply(element)));
    }
  }
}
