package dev.puad.jobs.train;

import java.util.List;
import java.util.stream.IntStream;

/** Which penalty images the steps of a training see. Step after step, the workers draw in turn. */
final class PenaltyDraws {

  private final ImageDraws draws;
  private final int workers;
  private final int batchSize;

  PenaltyDraws(NaturalImages images, TrainingPlan plan) {
    this.draws =
        images.isNone() ? null : new ImageDraws(images, plan.seed(), RandomStreams.PENALTY_ORDER);
    this.workers = plan.workers();
    this.batchSize = plan.batchSize();
  }

  /**
   * The candidates for each penalty image of one worker's steps, the one that was drawn first.
   *
   * @param before steps that each worker has had in earlier rounds
   * @param count steps of this worker in this round
   * @return one list an image, in the order in which they are wanted; none without images
   */
  List<List<String>> candidates(int worker, long before, int count) {
    if (draws == null) {
      return List.of();
    }
    return IntStream.range(0, count * batchSize)
        .mapToObj(i -> ((before + i / batchSize) * workers + worker) * batchSize + i % batchSize)
        .map(draws::candidates)
        .toList();
  }
}
