package dev.puad.jobs.pipeline;

import java.time.Duration;
import java.util.HashMap;
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
  private final Map<UUID, Shared<T>> open = new HashMap<>();

  private static final class Shared<T extends AutoCloseable> {
    private final T value;
    private int users;
    private boolean released;
    private Optional<Future<?>> closing = Optional.empty();

    Shared(T value) {
      this.value = value;
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
  public synchronized T borrow(UUID job, Supplier<T> opened) {
    Shared<T> shared = open.computeIfAbsent(job, missing -> new Shared<>(opened.get()));
    shared.users++;
    shared.stopWaiting();
    TaskContext.get()
        .addTaskCompletionListener((TaskCompletionListener) context -> giveBack(job, shared));
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

  private synchronized void giveBack(UUID job, Shared<T> shared) {
    shared.users--;
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
