package dev.puad.jobs.pipeline;

import java.io.Serializable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the tasks of one job share in an executor's JVM, because it is large or slow to open: one of
 * a kind for each job. It lives until {@link #release}, which the driver can call in its own JVM
 * only, or until no task has used it for a while.
 *
 * @param <T> what is shared; used by several threads at once
 */
public final class ExecutorShared<T extends AutoCloseable> {

  private static final Logger LOG = LoggerFactory.getLogger(ExecutorShared.class);

  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private final Duration idle;
  private final ScheduledThreadPoolExecutor timer;

  /** In the order in which they were last used. */
  private final Map<UUID, Shared<T>> open = new LinkedHashMap<>();

  /**
   * Memory.
   *
   * @param bytes that one takes, about
   * @param room in bytes, for all that are open; what tasks use is never closed to make some
   */
  public record Space(long bytes, long room) implements Serializable {

    static final Space NONE = new Space(0, Long.MAX_VALUE);
  }

  private static final class Shared<T extends AutoCloseable> {
    private final T value;
    private final long bytes;
    private int users;
    private boolean released;
    private Optional<Future<?>> closing = Optional.empty();

    Shared(T value, long bytes) {
      this.value = value;
      this.bytes = bytes;
    }

    void stopWaiting() {
      closing.ifPresent(waiting -> waiting.cancel(false));
      closing = Optional.empty();
    }
  }

  /**
   * Nothing is open at first.
   *
   * @param idle how long after its last task a job's one is closed, unless another task comes
   */
  public ExecutorShared(Duration idle) {
    this(idle, TIMER);
  }

  ExecutorShared(Duration idle, ScheduledThreadPoolExecutor timer) {
    this.idle = idle;
    this.timer = timer;
  }

  /** Closes what is idle, and holds on to nothing else. */
  static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, ExecutorShared::thread);
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "close-idle");
    thread.setDaemon(true);
    return thread;
  }

  /** The job's one, for the running task and others; opened for the first of them. */
  public T borrow(UUID job, Supplier<T> opened) {
    return borrow(job, Space.NONE, opened);
  }

  /**
   * The same of what takes memory: before it is opened, others that no task uses are closed, the
   * one that was idle longest first, until it fits.
   */
  public synchronized T borrow(UUID job, Space space, Supplier<T> opened) {
    Shared<T> shared = open.get(job);
    if (shared == null) {
      makeRoom(space);
      shared = new Shared<>(opened.get(), space.bytes());
      open.put(job, shared);
    }
    Shared<T> lent = shared;
    shared.users++;
    shared.stopWaiting();
    TaskContext.get()
        .addTaskCompletionListener((TaskCompletionListener) context -> giveBack(job, lent));
    return shared.value;
  }

  /** Closes the job's one in this JVM once its last task has ended. */
  public synchronized void release(UUID job) {
    Shared<T> shared = open.get(job);
    if (shared != null) {
      shared.released = true;
      closeUnused(job, shared);
    }
  }

  private void makeRoom(Space space) {
    for (Map.Entry<UUID, Shared<T>> other : List.copyOf(open.entrySet())) {
      long taken = open.values().stream().mapToLong(shared -> shared.bytes).sum();
      if (taken + space.bytes() <= space.room()) {
        return;
      }
      closeUnused(other.getKey(), other.getValue());
    }
  }

  private synchronized void giveBack(UUID job, Shared<T> shared) {
    shared.users--;
    if (open.remove(job, shared)) {
      // The last of them all, in the order of use.
      open.put(job, shared);
    }
    if (shared.released) {
      closeUnused(job, shared);
    } else if (shared.users == 0) {
      shared.closing =
          Optional.of(
              timer.schedule(
                  () -> closeUnused(job, shared), idle.toMillis(), TimeUnit.MILLISECONDS));
    }
  }

  private synchronized void closeUnused(UUID job, Shared<T> shared) {
    // Whoever closes it removes it first: what fails once would fail again.
    if (shared.users == 0 && open.remove(job, shared)) {
      shared.stopWaiting();
      try {
        shared.value.close();
      } catch (Exception e) {
        LOG.warn("Cannot close {}, which the tasks of a job shared", shared.value, e);
      }
    }
  }
}
