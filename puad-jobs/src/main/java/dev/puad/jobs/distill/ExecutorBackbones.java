package dev.puad.jobs.distill;

import dev.puad.jobs.pipeline.ExecutorShared;
import dev.puad.jobs.train.FirstComeCache;
import dev.puad.model.detect.HalfMap;
import dev.puad.model.distill.Backbone;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/** The backbone that an executor has open, and what it said of images that come again. */
final class ExecutorBackbones {

  /** What is kept takes long to compute anew, and an executor may wait for others in each round. */
  private static final ExecutorShared<Open> OPEN = new ExecutorShared<>(Duration.ofMinutes(30));

  private ExecutorBackbones() {}

  /**
   * What tasks share.
   *
   * @param kept what was seen and said
   */
  record Open(Backbone backbone, FirstComeCache<Examples.Draw, Kept> kept)
      implements AutoCloseable {

    @Override
    public void close() {
      backbone.close();
    }
  }

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

  /**
   * A distillation's backbone, for the running task and others; opened for the first of them.
   *
   * @param cacheBytes of this JVM's heap, for examples
   */
  static Open borrow(UUID id, long cacheBytes, Supplier<Backbone> open) {
    return OPEN.borrow(
        id, () -> new Open(open.get(), new FirstComeCache<>(cacheBytes, Kept::bytes)));
  }

  /** Closes a distillation's backbone in this JVM once its last task has ended. */
  static void release(UUID id) {
    OPEN.release(id);
  }
}
