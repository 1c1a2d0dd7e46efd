package dev.puad.jobs.cli;

import dev.puad.model.BadInputException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Whether a cluster gives executors at all. Spark itself waits for ever where none of its workers
 * is large enough.
 */
final class ClusterExecutors {

  private ClusterExecutors() {}

  /**
   * Waits until the cluster has run a task; not at all on this machine alone, nor where there is an
   * executor already.
   *
   * @throws BadInputException if it does not within the patience
   */
  static void await(SparkContext spark, Duration patience) {
    if (spark.master().matches("local(\\[.*])?") || hasExecutor(spark)) {
      return;
    }
    // A task and not a look at who has registered: where executors come on demand, this demands.
    JavaFutureAction<Long> task =
        JavaSparkContext.fromSparkContext(spark).parallelize(List.of(1), 1).countAsync();
    try {
      task.get(patience.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      task.cancel(true);
      throw none(spark, "it gave no executor within %d s".formatted(patience.toSeconds()), e);
    } catch (ExecutionException e) {
      // Spark gives up by itself where no master answers.
      if (spark.isStopped() || !hasExecutor(spark)) {
        throw none(spark, "it does not answer, or refused", e);
      }
      throw new IllegalStateException("a first task failed on " + spark.master(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for an executor", e);
    }
  }

  /** Beside the driver, which counts as one. */
  private static boolean hasExecutor(SparkContext spark) {
    return spark.statusTracker().getExecutorInfos().length > 1;
  }

  private static BadInputException none(SparkContext spark, String what, Exception cause) {
    return new BadInputException(
        ("Cannot run on %s: %s. An executor was asked for with %s; %s. Ask for less or start larger"
                + " workers (spark.executor.* in conf), or wait longer with"
                + " cluster.executor-timeout-seconds.")
            .formatted(
                spark.master(),
                what,
                asked(spark),
                ClusterOffer.of(spark.master(), spark.getConf())
                    .orElse("what the cluster has is not known")),
        cause);
  }

  private static String asked(SparkContext spark) {
    SparkConf conf = spark.getConf();
    String cores =
        conf.contains("spark.executor.cores")
            ? conf.get("spark.executor.cores") + " cores"
            : "the cluster's number of cores";
    String gpus =
        conf.contains("spark.executor.resource.gpu.amount")
            ? " and %s GPUs".formatted(conf.get("spark.executor.resource.gpu.amount"))
            : "";
    return "%s and %d MB%s".formatted(cores, spark.executorMemory(), gpus);
  }
}
