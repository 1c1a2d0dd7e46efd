package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.jobs.config.ScoreSettings;
import dev.puad.jobs.config.UsageException;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.network.Architecture;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScoringPlanTest {

  private static final long PLENTY = 1L << 40;

  @Test
  void onCpusOneImageAtATimeByWinogradsFiltering() {
    assertThat(plan(ScoreSettings.AUTO, 0, PLENTY, cpus()))
        .isEqualTo(new ScoringPlan(GraphVariant.WINOGRAD, 1));
  }

  @Test
  void onGpusThePlainGraphAndManyImages() {
    assertThat(plan(ScoreSettings.AUTO, 0, PLENTY, gpus("1")))
        .isEqualTo(new ScoringPlan(GraphVariant.PLAIN, ScoringPlan.LARGEST_BATCH));
  }

  @Test
  void tasksMayShareAGpu() {
    assertThat(plan(ScoreSettings.AUTO, 0, PLENTY, gpus("0.25")).graph())
        .isEqualTo(GraphVariant.PLAIN);
  }

  @Test
  void aGpuThatTasksDoNotAskForIsNotUsed() {
    assertThat(plan(ScoreSettings.AUTO, 0, PLENTY, gpus("0")))
        .isEqualTo(new ScoringPlan(GraphVariant.WINOGRAD, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 31})
  void aBatchOnGpusTakesNoMoreThanTheGivenMemory(int images) {
    long bytes = Architecture.SMALL.activationBytes() * images;

    assertThat(plan(ScoreSettings.AUTO, 0, bytes, gpus("1")).batch()).isEqualTo(images);
    assertThat(plan(ScoreSettings.AUTO, 0, bytes - 1, gpus("1")).batch())
        .isEqualTo(Math.max(1, images - 1));
  }

  @ParameterizedTest
  @EnumSource
  void aGraphThatIsGivenIsUsedWhereverTasksRun(GraphVariant graph) {
    assertThat(plan(graph.title(), 0, PLENTY, cpus()).graph()).isEqualTo(graph);
    assertThat(plan(graph.title(), 0, PLENTY, gpus("1")).graph()).isEqualTo(graph);
  }

  @Test
  void aBatchThatIsGivenIsUsedWhereverTasksRun() {
    assertThat(plan(ScoreSettings.AUTO, 20, 1, cpus()).batch()).isEqualTo(20);
    assertThat(plan(ScoreSettings.AUTO, 20, 1, gpus("1")).batch()).isEqualTo(20);
  }

  @Test
  void twoBatchesAreDecodedBeforeTheyAreScored() {
    assertThat(new ScoringPlan(GraphVariant.PLAIN, 8).ahead()).isEqualTo(16);
  }

  @Test
  void anUnknownGraphIsRefusedByName() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> plan("fast", 0, PLENTY, cpus()))
        .withMessage(
            "Cannot set puad.score.graph to fast, the value must be one of dl4j, plain, winograd, auto.");
  }

  @Test
  void aNegativeBatchIsRefusedByName() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> plan(ScoreSettings.AUTO, -1, PLENTY, cpus()))
        .withMessageStartingWith("Cannot set puad.score.graph-batch to -1, ");
  }

  @Test
  void noMemoryForABatchIsRefusedByName() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> plan(ScoreSettings.AUTO, 0, 0, gpus("1")))
        .withMessageStartingWith("Cannot set puad.score.gpu-bytes to 0, ");
  }

  private static ScoringPlan plan(String graph, int graphBatch, long gpuBytes, SparkConf spark) {
    ScoreSettings settings = new ScoreSettings(2000, 1, graph, graphBatch, gpuBytes);
    return ScoringPlan.of(
        settings.chosenGraph(),
        settings.graphBatch(),
        settings.gpuBytes(),
        Architecture.SMALL,
        spark);
  }

  private static SparkConf cpus() {
    return new SparkConf(false);
  }

  private static SparkConf gpus(String amount) {
    return new SparkConf(false).set("spark.task.resource.gpu.amount", amount);
  }
}
