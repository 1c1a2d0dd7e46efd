package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.detect.FeatureSource;
import dev.puad.model.detect.MapVariant;
import dev.puad.model.network.Architecture;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PenaltyDrawsTest {

  private static final PenaltyFolder FOLDER =
      new PenaltyFolder(
          "file:/p", IntStream.range(0, 100).mapToObj(i -> "file:/p/" + i + ".png").toList(), "");

  @Test
  void workersShareAnEpochAmongThem() {
    // 2 workers, 5 steps of 10 images each: one epoch of 100.
    PenaltyDraws draws = new PenaltyDraws(FOLDER, plan(2, 10, 1));
    List<String> drawn = new ArrayList<>(first(draws.candidates(0, 0, 5)));
    drawn.addAll(first(draws.candidates(1, 0, 5)));

    assertThat(drawn).containsExactlyInAnyOrderElementsOf(FOLDER.images());
  }

  @Test
  void theNextEpochHasAnOrderOfItsOwn() {
    PenaltyDraws draws = new PenaltyDraws(FOLDER, plan(1, 1, 1));
    List<String> next = first(draws.candidates(0, 100, 100));

    assertThat(next)
        .containsExactlyInAnyOrderElementsOf(FOLDER.images())
        .isNotEqualTo(first(draws.candidates(0, 0, 100)));
  }

  @Test
  void roundsOfAnyLengthDrawTheSame() {
    PenaltyDraws draws = new PenaltyDraws(FOLDER, plan(2, 3, 1));
    List<List<String>> halves = new ArrayList<>(draws.candidates(1, 0, 30));
    halves.addAll(draws.candidates(1, 30, 34));

    assertThat(draws.candidates(1, 0, 64)).isEqualTo(halves);
  }

  @Test
  void theSeedDecidesTheDraws() {
    List<List<String>> drawn = new PenaltyDraws(FOLDER, plan(1, 1, 1)).candidates(0, 0, 20);

    assertThat(new PenaltyDraws(FOLDER, plan(1, 1, 1)).candidates(0, 0, 20)).isEqualTo(drawn);
    assertThat(new PenaltyDraws(FOLDER, plan(1, 1, 2)).candidates(0, 0, 20)).isNotEqualTo(drawn);
  }

  @Test
  void theCandidatesOfAnImageAreTheNextThatAreDrawn() {
    PenaltyDraws draws = new PenaltyDraws(FOLDER, plan(1, 1, 1));
    List<List<String>> candidates = draws.candidates(0, 0, 40);

    assertThat(candidates.get(3)).hasSize(32).isEqualTo(first(candidates).subList(3, 35));
  }

  @Test
  void aSmallFolderHasNoMoreCandidatesThanImages() {
    PenaltyFolder two = new PenaltyFolder("file:/p", List.of("a", "b"), "");

    assertThat(new PenaltyDraws(two, plan(1, 1, 1)).candidates(0, 0, 10))
        .allSatisfy(candidates -> assertThat(candidates).containsExactlyInAnyOrder("a", "b"));
  }

  @Test
  void noFolderDrawsNothing() {
    assertThat(new PenaltyDraws(PenaltyFolder.NONE, plan(1, 1, 1)).candidates(0, 0, 10)).isEmpty();
  }

  private static List<String> first(List<List<String>> candidates) {
    return candidates.stream().map(list -> list.get(0)).toList();
  }

  private static TrainingPlan plan(int workers, int batchSize, long seed) {
    return new TrainingPlan(
        Architecture.TINY,
        100,
        batchSize,
        workers,
        10,
        FeatureSource.STUDENT,
        MapVariant.PUAD,
        0.01,
        seed,
        TrainingPlan.Input.PLAIN);
  }
}
