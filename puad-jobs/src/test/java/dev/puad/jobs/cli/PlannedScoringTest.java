package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.puad.jobs.config.SettingSources;
import dev.puad.jobs.config.Settings;
import dev.puad.jobs.config.UsageException;
import dev.puad.jobs.pipeline.ScoringPlan;
import dev.puad.model.detect.Device;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.network.Architecture;
import dev.puad.model.onnx.OnnxSessions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class PlannedScoringTest {

  private static final SparkConf CPUS = new SparkConf(false);
  private static final SparkConf GPUS =
      new SparkConf(false).set("spark.task.resource.gpu.amount", "1");

  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  @Test
  void onCpusNothingIsSaid() {
    assertThat(plan(Settings.sources(), CPUS))
        .isEqualTo(new ScoringPlan(GraphVariant.WINOGRAD, 1, Device.Kind.CPU));
    assertThat(told()).isEmpty();
  }

  @Test
  void withoutCudaGpusThatAreHandedOutAreLeftIdleAndThatIsSaid() {
    assumeFalse(OnnxSessions.knowsGpus(), "skipped: this build is for GPUs");

    assertThat(plan(Settings.sources(), GPUS))
        .isEqualTo(new ScoringPlan(GraphVariant.WINOGRAD, 1, Device.Kind.CPU));
    assertThat(told())
        .isEqualTo(
            "puad: scoring on CPUs, although Spark hands out GPUs: this build's ONNX Runtime knows"
                + " none; build with -Pcuda to use them\n");
  }

  @Test
  void withCudaGpusThatAreHandedOutAreUsed() {
    assumeTrue(OnnxSessions.knowsGpus(), "skipped: this build is for CPUs");

    assertThat(plan(Settings.sources(), GPUS).device()).isEqualTo(Device.Kind.GPU);
    assertThat(told()).isEmpty();
  }

  @Test
  void gpusThatAreHandedOutAreLeftToOthersWhereCpusAreChosen() {
    assertThat(plan(Settings.sources().override("score.device", "cpu"), GPUS))
        .isEqualTo(new ScoringPlan(GraphVariant.WINOGRAD, 1, Device.Kind.CPU));
    assertThat(told()).isEmpty();
  }

  @Test
  void gpusThatSparkDoesNotHandOutAreRefused() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> plan(Settings.sources().override("score.device", "gpu"), CPUS))
        .withMessage(
            "Cannot set puad.score.device to gpu: Spark hands out none. Set"
                + " spark.task.resource.gpu.amount, as conf/gpu.properties does, or choose cpu.");
  }

  @Test
  void gpusThatTheBuildDoesNotKnowAreRefused() {
    assumeFalse(OnnxSessions.knowsGpus(), "skipped: this build is for GPUs");

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> plan(Settings.sources().override("score.device", "gpu"), GPUS))
        .withMessage(
            "Cannot set puad.score.device to gpu: this build's ONNX Runtime knows none. Build with"
                + " -Pcuda, or choose cpu.");
  }

  @Test
  void aCalibrationTakesOneImageAtATimeWhateverTheBatch() {
    assertThat(
            PlannedScoring.ofCalibration(
                    Settings.sources().override("score.graph-batch", "8").resolve().score(),
                    Architecture.SMALL,
                    CPUS,
                    terminal())
                .batch())
        .isEqualTo(1);
  }

  @Test
  void aPlanIsRecordedInTheSettings() {
    SettingSources sources = Settings.sources();

    Settings recorded = PlannedScoring.recorded(sources, plan(sources, CPUS)).resolve();

    assertThat(recorded.renderOnly("score.graph", "score.device", "score.graph-batch"))
        .isEqualTo("{\"score\":{\"device\":\"cpu\",\"graph\":\"winograd\",\"graph-batch\":1}}");
  }

  private ScoringPlan plan(SettingSources sources, SparkConf spark) {
    return PlannedScoring.of(sources.resolve().score(), Architecture.SMALL, spark, terminal());
  }

  private PrintStream terminal() {
    return new PrintStream(told, true, StandardCharsets.UTF_8);
  }

  private String told() {
    return told.toString(StandardCharsets.UTF_8);
  }
}
