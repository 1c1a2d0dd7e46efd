package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import dev.puad.model.detect.Device;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.network.Architecture;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScoringPlanTest {

  private static final Optional<GraphVariant> AUTOMATIC = Optional.empty();
  private static final long PLENTY = 1L << 40;
  private static final long ONE_IMAGE = Architecture.SMALL.activationBytes();

  @Test
  void onCpusOneImageAtATimeByWinogradsFiltering() {
    assertThat(onCpus(AUTOMATIC, 0, PLENTY))
        .isEqualTo(new ScoringPlan(GraphVariant.WINOGRAD, 1, Device.Kind.CPU));
  }

  @Test
  void onGpusThePlainGraphAndManyImages() {
    assertThat(onGpus(AUTOMATIC, 0, PLENTY, "1"))
        .isEqualTo(new ScoringPlan(GraphVariant.PLAIN, ScoringPlan.LARGEST_BATCH, Device.Kind.GPU));
  }

  @Test
  void theImagesAheadOfABatchAreNoMoreThanHalfATask() {
    assertThat(onGpus(AUTOMATIC, 0, PLENTY, "1").ahead())
        .isEqualTo(DecodeImages.IMAGES_PER_TASK / 2);
  }

  @Test
  void otherGraphsOnGpusTakeOneImageAtATime() {
    assertThat(onGpus(Optional.of(GraphVariant.WINOGRAD), 0, PLENTY, "1").batch()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void aBatchOnGpusTakesNoMoreThanTheGivenMemory(int images) {
    assertThat(onGpus(AUTOMATIC, 0, ONE_IMAGE * images, "1").batch()).isEqualTo(images);
    assertThat(onGpus(AUTOMATIC, 0, ONE_IMAGE * images - 1, "1").batch())
        .isEqualTo(Math.max(1, images - 1));
  }

  @ParameterizedTest
  @CsvSource({"2, 6", "1, 6", "0.5, 3", "0.33, 2", "0.25, 1"})
  void tasksThatShareAGpuShareItsMemory(String amount, int images) {
    assertThat(onGpus(AUTOMATIC, 0, ONE_IMAGE * 6, amount).batch()).isEqualTo(images);
  }

  @ParameterizedTest
  @EnumSource
  void aGraphThatIsGivenIsUsedWhereverTasksRun(GraphVariant graph) {
    assertThat(onCpus(Optional.of(graph), 0, PLENTY).graph()).isEqualTo(graph);
    assertThat(onGpus(Optional.of(graph), 0, PLENTY, "1").graph()).isEqualTo(graph);
  }

  @Test
  void aBatchThatIsGivenIsUsedWhereverTasksRun() {
    assertThat(onCpus(AUTOMATIC, 5, PLENTY).batch()).isEqualTo(5);
    assertThat(onGpus(AUTOMATIC, 5, PLENTY, "1").batch()).isEqualTo(5);
  }

  @Test
  void aBatchThatLeavesATaskNothingToDecodeMeanwhileIsRefused() {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> onGpus(AUTOMATIC, 9, PLENTY, "1"))
        .withMessage(
            "Cannot set puad.score.graph-batch to 9, it must be at most 8: a quarter of a task's"
                + " images.");
  }

  @Test
  void aBatchThatTakesMoreThanTheGivenMemoryIsRefusedOnCpusToo() {
    String message =
        "Cannot set puad.score.graph-batch to 4: puad.score.batch-bytes, %d, holds the activations"
            + " of %d. Choose fewer, or allow more memory.";

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> onCpus(AUTOMATIC, 4, 3 * ONE_IMAGE))
        .withMessage(message.formatted(3 * ONE_IMAGE, 3));
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> onGpus(AUTOMATIC, 4, 6 * ONE_IMAGE, "0.5"))
        .withMessage(message.formatted(6 * ONE_IMAGE, 3));
  }

  @Test
  void oneImageIsNeverRefused() {
    assertThat(onCpus(AUTOMATIC, 1, 1).batch()).isEqualTo(1);
  }

  @Test
  void twoBatchesAreDecodedBeforeTheyAreScored() {
    assertThat(new ScoringPlan(GraphVariant.PLAIN, 8).ahead()).isEqualTo(16);
  }

  private static ScoringPlan onCpus(Optional<GraphVariant> graph, int batch, long batchBytes) {
    return ScoringPlan.of(
        new ScoringPlan.Choices(graph, batch, batchBytes),
        Architecture.SMALL,
        Device.Kind.CPU,
        new SparkConf(false));
  }

  private static ScoringPlan onGpus(
      Optional<GraphVariant> graph, int batch, long batchBytes, String amount) {
    return ScoringPlan.of(
        new ScoringPlan.Choices(graph, batch, batchBytes),
        Architecture.SMALL,
        Device.Kind.GPU,
        new SparkConf(false).set("spark.task.resource.gpu.amount", amount));
  }
}
