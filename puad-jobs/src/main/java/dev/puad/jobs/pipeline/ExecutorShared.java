package dev.puad.jobs.pipeline;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * What the tasks of one job share in an executor's JVM, because it is large or slow to open: one of
 * a kind for each job. It lives until {@link #release}, which the driver can call in its own JVM
 * only, or until a task of another job comes and none of this one is running.
 *
 * @param <T> what is shared; used by several threads at once
 */
public final class ExecutorShared<T extends AutoCloseable> {

  private final Map<UUID, Shared<T>> open = new HashMap<>();

  private static final class Shared<T extends AutoCloseable> {
    private final T value;
    private int users;
    private boolean released;

    Shared(T value) {
      this.value = value;
    }
  }

  /** The job's one, for the running task and others; opened for the first of them. */
  public synchronized T borrow(UUID job, Supplier<T> opened) {
    open.entrySet()
        .removeIf(
            entry ->
                !entry.getKey().equals(job)
                    && entry.getValue().users == 0
                    && close(entry.getValue()));
    Shared<T> shared = open.computeIfAbsent(job, missing -> new Shared<>(opened.get()));
    shared.users++;
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
    }
  }

  private void closeUnused(UUID job, Shared<T> shared) {
    if (shared.users == 0 && close(shared)) {
      open.remove(job);
    }
  }

  private static boolean close(Shared<?> shared) {
    try {
      shared.value.close();
      return true;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
