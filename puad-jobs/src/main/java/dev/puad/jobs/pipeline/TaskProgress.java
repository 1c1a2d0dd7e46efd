package dev.puad.jobs.pipeline;

import java.util.function.LongConsumer;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;

/**
 * Tells how far a Spark job is while it runs, as its tasks end; the caller tells the end itself,
 * once this is closed.
 */
final class TaskProgress implements AutoCloseable {

  private static final long MILLIS = 500;

  private final LongAccumulator counted;
  private final long before;
  private final long most;
  private final LongConsumer progress;
  private final Thread teller = new Thread(this::tellUntilClosed, "puad-progress");

  private TaskProgress(LongAccumulator counted, long before, long most, LongConsumer progress) {
    this.counted = counted;
    this.before = before;
    this.most = most;
    this.progress = progress;
  }

  /**
   * Listens to a job that begins now.
   *
   * @param before what earlier jobs have done
   * @param most what this job can do, which is never exceeded: a task that is tried again counts
   *     twice
   */
  static TaskProgress of(SparkSession spark, long before, long most, LongConsumer progress) {
    TaskProgress started =
        new TaskProgress(spark.sparkContext().longAccumulator(), before, most, progress);
    started.teller.setDaemon(true);
    started.teller.start();
    return started;
  }

  /** What the job's tasks add to. */
  LongAccumulator counted() {
    return counted;
  }

  private void tellUntilClosed() {
    long told = 0;
    try {
      while (true) {
        Thread.sleep(MILLIS);
        long now = Math.min(most, counted.value());
        if (now > told) {
          told = now;
          progress.accept(before + now);
        }
      }
    } catch (InterruptedException closed) {
      // The end, which the caller tells.
    }
  }

  /** Tells nothing any more. */
  @Override
  public void close() {
    teller.interrupt();
    try {
      teller.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
