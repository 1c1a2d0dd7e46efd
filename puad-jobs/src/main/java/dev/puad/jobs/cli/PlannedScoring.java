package dev.puad.jobs.cli;

import dev.puad.jobs.config.ScoreSettings;
import dev.puad.jobs.config.SettingSources;
import dev.puad.jobs.config.UsageException;
import dev.puad.jobs.pipeline.ScoringPlan;
import dev.puad.model.BadInputException;
import dev.puad.model.detect.Device;
import dev.puad.model.network.Architecture;
import dev.puad.model.onnx.OnnxSessions;
import java.io.PrintStream;
import java.util.Optional;
import org.apache.spark.SparkConf;

/** How a command's networks score, by its settings and by what its executors have. */
final class PlannedScoring {

  private PlannedScoring() {}

  /**
   * Plans a run that scores.
   *
   * @param err hears of GPUs that are left idle
   * @param spark whether tasks are given GPUs
   * @throws UsageException if GPUs were chosen and cannot be used, or a batch that is too large
   */
  static ScoringPlan of(
      ScoreSettings settings, Architecture architecture, SparkConf spark, PrintStream err) {
    return plan(settings, settings.graphBatch(), architecture, spark, err);
  }

  /** The same for a run that calibrates, which takes one image at a time. */
  static ScoringPlan ofCalibration(
      ScoreSettings settings, Architecture architecture, SparkConf spark, PrintStream err) {
    return plan(settings, 1, architecture, spark, err);
  }

  /** Puts a plan in the place of what the settings left to it. */
  static SettingSources recorded(SettingSources sources, ScoringPlan plan) {
    return sources
        .option("--graph", "score.graph", plan.graph().title())
        .option("score.device", "score.device", plan.device().title())
        .option("score.graph-batch", "score.graph-batch", plan.batch());
  }

  private static ScoringPlan plan(
      ScoreSettings settings,
      int batch,
      Architecture architecture,
      SparkConf spark,
      PrintStream err) {
    Optional<Device.Kind> chosen = settings.chosenDevice();
    Device.Kind device = chosen.orElseGet(() -> automatic(spark, err));
    if (device == Device.Kind.GPU) {
      demandGpus(spark);
    }
    try {
      return ScoringPlan.of(
          new ScoringPlan.Choices(settings.chosenGraph(), batch, settings.batchBytes()),
          architecture,
          device,
          spark);
    } catch (BadInputException e) {
      // What it refuses is a setting.
      throw new UsageException(e.getMessage(), e);
    }
  }

  private static Device.Kind automatic(SparkConf spark, PrintStream err) {
    if (!ScoringPlan.handsOutGpus(spark)) {
      return Device.Kind.CPU;
    }
    if (OnnxSessions.knowsGpus()) {
      return Device.Kind.GPU;
    }
    err.println(
        "puad: scoring on CPUs, although Spark hands out GPUs: this build's ONNX Runtime knows none;"
            + " build with -Pcuda to use them");
    return Device.Kind.CPU;
  }

  private static void demandGpus(SparkConf spark) {
    if (!ScoringPlan.handsOutGpus(spark)) {
      throw new UsageException(
          "Cannot set puad.score.device to gpu: Spark hands out none. Set"
              + " spark.task.resource.gpu.amount, as conf/gpu.properties does, or choose cpu.");
    }
    if (!OnnxSessions.knowsGpus()) {
      throw new UsageException(
          "Cannot set puad.score.device to gpu: this build's ONNX Runtime knows none. Build with"
              + " -Pcuda, or choose cpu.");
    }
  }
}
