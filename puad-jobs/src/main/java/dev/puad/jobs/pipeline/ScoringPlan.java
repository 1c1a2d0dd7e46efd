package dev.puad.jobs.pipeline;

import dev.puad.jobs.config.ScoreSettings;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.network.Architecture;
import java.io.Serializable;
import org.apache.spark.SparkConf;

/**
 * How a run computes maps and features, chosen once by the driver, so that every executor gives the
 * same bits.
 *
 * @param graph what computes them
 * @param batch images of one inference
 */
public record ScoringPlan(GraphVariant graph, int batch) implements Serializable {

  /** More do not make a GPU faster. */
  private static final int LARGEST_BATCH = 64;

  /** Images that are decoded before they are scored, so that neither waits for the other. */
  int ahead() {
    return 2 * batch;
  }

  /**
   * The plan of a run.
   *
   * <p>On CPUs one image at a time by Winograd's filtering: a batch gains nothing there and takes
   * its multiple of memory (docs/benchmarks.md). On GPUs ONNX's own convolutions, as many images as
   * the given memory holds.
   *
   * @param settings what a user chose
   * @param spark whether tasks are given GPUs
   */
  public static ScoringPlan of(ScoreSettings settings, Architecture architecture, SparkConf spark) {
    GraphVariant graph =
        settings.graph().equals(ScoreSettings.AUTO)
            ? automatic(spark)
            : GraphVariant.named(settings.graph());
    return new ScoringPlan(
        graph,
        settings.graphBatch() > 0
            ? settings.graphBatch()
            : batch(settings.gpuBytes(), architecture, spark));
  }

  /** The graph that suits what tasks run on. */
  public static GraphVariant automatic(SparkConf spark) {
    return onGpus(spark) ? GraphVariant.PLAIN : GraphVariant.WINOGRAD;
  }

  private static int batch(long gpuBytes, Architecture architecture, SparkConf spark) {
    return onGpus(spark)
        ? (int) Math.max(1, Math.min(LARGEST_BATCH, gpuBytes / architecture.activationBytes()))
        : 1;
  }

  private static boolean onGpus(SparkConf spark) {
    return spark.getDouble("spark.task.resource.gpu.amount", 0) > 0;
  }
}
