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

  private static final NaturalImages FOLDER =
      new NaturalImages(
          "file:/p", IntStream.range(0, 100).mapToObj(i -> "file:/p/" + i + ".png").toList(), "");

  @Test
  void workersShareAnEpochAmongThem() {
    // 2 workers, 5 steps of 10 images each: one epoch of 100.
    PenaltyDraws draws = new PenaltyDraws(FOLDER, plan(2, 10));
    List<String> drawn = new ArrayList<>(first(draws.candidates(0, 0, 5)));
    drawn.addAll(first(draws.candidates(1, 0, 5)));

    assertThat(drawn).containsExactlyInAnyOrderElementsOf(FOLDER.images());
  }

  @Test
  void workersDrawInTurnStepAfterStep() {
    ImageDraws draws = new ImageDraws(FOLDER, 1, RandomStreams.PENALTY_ORDER);

    // The second of 2 workers, 3 images a step: draws 3 to 5 are its first step's, 9 to 11 its
    // next.
    assertThat(new PenaltyDraws(FOLDER, plan(2, 3)).candidates(1, 0, 2))
        .isEqualTo(IntStream.of(3, 4, 5, 9, 10, 11).mapToObj(draws::candidates).toList());
  }

  @Test
  void roundsOfAnyLengthDrawTheSame() {
    PenaltyDraws draws = new PenaltyDraws(FOLDER, plan(2, 3));
    List<List<String>> halves = new ArrayList<>(draws.candidates(1, 0, 30));
    halves.addAll(draws.candidates(1, 30, 34));

    assertThat(draws.candidates(1, 0, 64)).isEqualTo(halves);
  }

  @Test
  void noImagesDrawNothing() {
    assertThat(new PenaltyDraws(NaturalImages.NONE, plan(1, 1)).candidates(0, 0, 10)).isEmpty();
  }

  private static List<String> first(List<List<String>> candidates) {
    return candidates.stream().map(list -> list.get(0)).toList();
  }

  private static TrainingPlan plan(int workers, int batchSize) {
    return new TrainingPlan(
        Architecture.TINY,
        100,
        batchSize,
        workers,
        10,
        FeatureSource.STUDENT,
        MapVariant.PUAD,
        0.01,
        0,
        1,
        TrainingPlan.Input.PLAIN);
  }
}
