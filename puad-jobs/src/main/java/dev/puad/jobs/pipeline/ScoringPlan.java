package dev.puad.jobs.pipeline;

import dev.puad.model.BadInputException;
import dev.puad.model.detect.Device;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.network.Architecture;
import java.io.Serializable;
import java.util.Optional;
import org.apache.spark.SparkConf;

/**
 * How a run computes maps and features, chosen once by the driver: all executors run one graph, and
 * give the same bits where they have CPUs of one instruction set and one version of ONNX Runtime.
 *
 * @param graph what computes them
 * @param batch images of one inference
 * @param device where
 */
public record ScoringPlan(GraphVariant graph, int batch, Device.Kind device)
    implements Serializable {

  /**
   * A quarter of a task's images: a task whose batch were all of them would decode first and then
   * score, instead of both at once.
   */
  public static final int LARGEST_BATCH = DecodeImages.IMAGES_PER_TASK / 4;

  private static final String GPUS_OF_A_TASK = "spark.task.resource.gpu.amount";

  /** The same on CPUs. */
  ScoringPlan(GraphVariant graph, int batch) {
    this(graph, batch, Device.Kind.CPU);
  }

  /**
   * What a user may choose.
   *
   * @param graph empty for the one that suits the device
   * @param batch images of one inference; 0 for as many as suit the device
   * @param batchBytes for the activations of one batch on a CPU, or of all that a GPU computes at a
   *     time
   */
  public record Choices(Optional<GraphVariant> graph, int batch, long batchBytes) {}

  /** Images that are decoded before they are scored, so that neither waits for the other. */
  int ahead() {
    return 2 * batch;
  }

  /**
   * The plan of a run.
   *
   * <p>On CPUs one image at a time by Winograd's filtering: a batch takes its multiple of memory,
   * and gained nothing where it was tried (tiny and small, docs/benchmarks.md). On GPUs ONNX's own
   * convolutions, as many images as the given memory holds.
   *
   * @param spark how many tasks share a GPU
   * @throws BadInputException if the chosen batch is too large, for a task or for the memory
   */
  public static ScoringPlan of(
      Choices choices, Architecture architecture, Device.Kind device, SparkConf spark) {
    GraphVariant graph = choices.graph().orElseGet(() -> automatic(device));
    long images = choices.batchBytes() / sharing(device, spark) / architecture.activationBytes();
    if (choices.batch() == 0) {
      boolean alone = device == Device.Kind.CPU || graph != GraphVariant.PLAIN;
      return new ScoringPlan(graph, alone ? 1 : bounded(images), device);
    }
    if (choices.batch() > LARGEST_BATCH) {
      throw new BadInputException(
          "Cannot set puad.score.graph-batch to %d, it must be at most %d: a quarter of a task's images."
              .formatted(choices.batch(), LARGEST_BATCH));
    }
    if (choices.batch() > Math.max(1, images)) {
      throw new BadInputException(
          ("Cannot set puad.score.graph-batch to %d: puad.score.batch-bytes, %d, holds the"
                  + " activations of %d. Choose fewer, or allow more memory.")
              .formatted(choices.batch(), choices.batchBytes(), images));
    }
    return new ScoringPlan(graph, choices.batch(), device);
  }

  /** Whether Spark hands out GPUs to tasks. */
  public static boolean handsOutGpus(SparkConf spark) {
    return gpusOfATask(spark) > 0;
  }

  private static GraphVariant automatic(Device.Kind device) {
    return switch (device) {
      case CPU -> GraphVariant.WINOGRAD;
      case GPU -> GraphVariant.PLAIN;
    };
  }

  private static int bounded(long images) {
    return (int) Math.max(1, Math.min(LARGEST_BATCH, images));
  }

  /** How many tasks compute on one device at a time; CPUs' tasks have memory of their own. */
  private static long sharing(Device.Kind device, SparkConf spark) {
    return switch (device) {
      case CPU -> 1;
      case GPU -> Math.max(1, (long) (1 / gpusOfATask(spark)));
    };
  }

  private static double gpusOfATask(SparkConf spark) {
    return spark.getDouble(GPUS_OF_A_TASK, 0);
  }
}
