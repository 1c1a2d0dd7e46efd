package dev.puad.jobs.pipeline;

import dev.puad.model.detect.GraphVariant;
import dev.puad.model.network.Architecture;
import java.io.Serializable;
import java.util.Optional;
import org.apache.spark.SparkConf;

/**
 * How a run computes maps and features, chosen once by the driver, so that every executor gives the
 * same bits.
 *
 * @param graph what computes them
 * @param batch images of one inference
 */
public record ScoringPlan(GraphVariant graph, int batch) implements Serializable {

  /** As many as a task has. */
  public static final int LARGEST_BATCH = DecodeImages.IMAGES_PER_TASK;

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
   * @param graph what a user chose
   * @param batch images of one inference that a user chose; 0 for none
   * @param gpuBytes of a GPU's memory, for the activations of one batch
   * @param spark whether tasks are given GPUs
   */
  public static ScoringPlan of(
      Optional<GraphVariant> graph,
      int batch,
      long gpuBytes,
      Architecture architecture,
      SparkConf spark) {
    GraphVariant chosen = graph.orElseGet(() -> automatic(spark));
    return new ScoringPlan(
        chosen,
        batch > 0
            ? batch
            : chosen == GraphVariant.PLAIN && onGpus(spark) ? batch(gpuBytes, architecture) : 1);
  }

  /** The graph that suits what tasks run on. */
  public static GraphVariant automatic(SparkConf spark) {
    return onGpus(spark) ? GraphVariant.PLAIN : GraphVariant.WINOGRAD;
  }

  private static int batch(long gpuBytes, Architecture architecture) {
    return (int) Math.max(1, Math.min(LARGEST_BATCH, gpuBytes / architecture.activationBytes()));
  }

  private static boolean onGpus(SparkConf spark) {
    return spark.getDouble("spark.task.resource.gpu.amount", 0) > 0;
  }
}
