package dev.puad.jobs.distill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.train.NaturalImages;
import dev.puad.model.distill.PixelScaling;
import dev.puad.model.distill.Recipe;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.network.Architecture;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartDrawsTest {

  private static final int PARTS = 40;

  @Test
  void everyPartIsSeenOnceAnEpoch() {
    List<Examples.Draw> epoch = drawn(plan(Recipe.FAST, 1, 1), 0, PARTS);

    assertThat(epoch).doesNotHaveDuplicates().hasSize(PARTS);
  }

  @Test
  void theNextEpochSeesTheSamePartsInAnotherOrder() {
    List<Examples.Draw> first = drawn(plan(Recipe.FAST, 1, 1), 0, PARTS);
    List<Examples.Draw> second = drawn(plan(Recipe.FAST, 1, 1), PARTS, PARTS);

    assertThat(second).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
  }

  @Test
  void wholeImagesAreGreyInSomeEpochsOnly() {
    DistillPlan plan = plan(Recipe.PAPER, 1, 1);
    List<Examples.Draw> epochs = drawn(plan, 0, 20 * PARTS);

    assertThat(epochs.stream().filter(Examples.Draw::grey).count()).isBetween(40L, 120L);
    assertThat(epochs.stream().distinct().count()).isGreaterThan(PARTS);
    assertThat(epochs.stream().map(Examples.Draw::candidates).distinct().count()).isEqualTo(PARTS);
  }

  @Test
  void workersTakeTheirTurns() {
    List<Examples.Draw> alone = drawn(plan(Recipe.FAST, 1, 2), 0, 6);
    DistillPlan two = plan(Recipe.FAST, 2, 2);

    List<List<Examples.Draw>> first = new PartDraws(two).minibatches(0, 0, 3);
    List<List<Examples.Draw>> second = new PartDraws(two).minibatches(1, 0, 3);

    List<Examples.Draw> together =
        IntStream.range(0, 3)
            .boxed()
            .flatMap(step -> List.of(first.get(step), second.get(step)).stream())
            .flatMap(List::stream)
            .toList();
    assertThat(together).isEqualTo(alone);
  }

  @Test
  void aRunThatGoesOnDrawsWhatItWouldHaveDrawn() {
    List<Examples.Draw> whole = drawn(plan(Recipe.FAST, 1, 2), 0, 10);

    assertThat(drawn(plan(Recipe.FAST, 1, 2), 6, 4)).isEqualTo(whole.subList(12, 20));
  }

  @Test
  void theSeedDecides() {
    assertThat(drawn(plan(Recipe.FAST, 1, 1), 0, 5))
        .isEqualTo(drawn(plan(Recipe.FAST, 1, 1), 0, 5));
    assertThat(new PartDraws(plan(Recipe.FAST, 1, 1, 2)).minibatches(0, 0, 5))
        .isNotEqualTo(new PartDraws(plan(Recipe.FAST, 1, 1)).minibatches(0, 0, 5));
  }

  private static List<Examples.Draw> drawn(DistillPlan plan, int before, int steps) {
    return new PartDraws(plan)
        .minibatches(0, before, steps).stream().flatMap(List::stream).toList();
  }

  private static DistillPlan plan(Recipe recipe, int workers, int batchSize) {
    return plan(recipe, workers, batchSize, 1);
  }

  private static DistillPlan plan(Recipe recipe, int workers, int batchSize, long seed) {
    return new DistillPlan(
        Architecture.TINY,
        recipe,
        new BackboneChoice(new byte[0], "none", List.of(), 256, PixelScaling.UNIT, List.of()),
        NaturalImages.GENERATED,
        DecodeLimits.defaults(),
        128,
        1000,
        batchSize,
        workers,
        10,
        PARTS,
        8,
        0,
        seed);
  }
}
