package dev.puad.jobs.distill;

import dev.puad.jobs.train.FirstComeCache;
import dev.puad.model.detect.HalfMap;
import dev.puad.model.distill.Backbone;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The backbone that an executor has open, and what it said of images that come again: one for all
 * its tasks. It lives until {@link #release}, which the driver can call in its own JVM only, or
 * until a task of another distillation comes.
 */
final class ExecutorBackbones {

  private static final Map<UUID, Shared> OPEN = new HashMap<>();

  private ExecutorBackbones() {}

  /**
   * What tasks share.
   *
   * @param kept what was seen and said
   */
  record Open(Backbone backbone, FirstComeCache<Examples.Draw, Kept> kept) {}

  /**
   * An example, compactly.
   *
   * @param pixels [S, S, 3] bytes
   * @param features [C, g, g]: what the teacher is to say, in half precision
   */
  record Kept(byte[] pixels, HalfMap features) {

    long bytes() {
      return (long) pixels.length + features.halves().length;
    }
  }

  private static final class Shared {
    private final Open open;
    private int users;
    private boolean released;

    Shared(Open open) {
      this.open = open;
    }
  }

  /**
   * A distillation's backbone, for the running task and others; opened for the first of them.
   *
   * @param cacheBytes of this JVM's heap, for examples
   */
  static synchronized Open borrow(UUID id, long cacheBytes, Supplier<Backbone> open) {
    closeIdle(id);
    Shared shared =
        OPEN.computeIfAbsent(
            id,
            missing ->
                new Shared(new Open(open.get(), new FirstComeCache<>(cacheBytes, Kept::bytes))));
    shared.users++;
    TaskContext.get()
        .addTaskCompletionListener((TaskCompletionListener) context -> giveBack(id, shared));
    return shared.open;
  }

  /** Closes a distillation's backbone in this JVM once its last task has ended. */
  static synchronized void release(UUID id) {
    Shared shared = OPEN.get(id);
    if (shared != null) {
      shared.released = true;
      closeUnused(id, shared);
    }
  }

  private static synchronized void giveBack(UUID id, Shared shared) {
    shared.users--;
    if (shared.released) {
      closeUnused(id, shared);
    }
  }

  private static void closeUnused(UUID id, Shared shared) {
    if (shared.users == 0) {
      shared.open.backbone().close();
      OPEN.remove(id);
    }
  }

  private static void closeIdle(UUID but) {
    OPEN.entrySet()
        .removeIf(
            entry -> {
              boolean idle = !entry.getKey().equals(but) && entry.getValue().users == 0;
              if (idle) {
                entry.getValue().open.backbone().close();
              }
              return idle;
            });
  }
}
