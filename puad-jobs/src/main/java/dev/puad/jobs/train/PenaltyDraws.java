package dev.puad.jobs.train;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Which penalty images the steps of a training see: epoch after epoch over the whole folder, each
 * shuffled anew. Drawn on the driver, from the seed and the number of a step's image alone.
 */
final class PenaltyDraws {

  /**
   * A drawn image and those that may take its place should it not decode. Enough that a folder of
   * which half is broken still trains.
   */
  private static final int CANDIDATES = 32;

  private final List<String> images;
  private final EpochOrder order;
  private final int workers;
  private final int batchSize;

  PenaltyDraws(PenaltyFolder folder, TrainingPlan plan) {
    this.images = folder.images();
    this.order =
        folder.isNone()
            ? null
            : new EpochOrder(plan.seed(), RandomStreams.PENALTY_ORDER, 0, images.size());
    this.workers = plan.workers();
    this.batchSize = plan.batchSize();
  }

  /**
   * The candidates for each penalty image of one worker's steps, the one that was drawn first.
   *
   * @param before steps that each worker has had in earlier rounds
   * @param count steps of this worker in this round
   * @return one list an image, in the order in which they are wanted; none without a folder
   */
  List<List<String>> candidates(int worker, long before, int count) {
    if (images.isEmpty()) {
      return List.of();
    }
    return IntStream.range(0, count * batchSize)
        .mapToObj(i -> ((before + i / batchSize) * workers + worker) * batchSize + i % batchSize)
        .map(this::candidates)
        .toList();
  }

  private List<String> candidates(long draw) {
    return LongStream.range(draw, draw + CANDIDATES)
        .mapToObj(next -> images.get(order.at(next)))
        .distinct()
        .toList();
  }
}
