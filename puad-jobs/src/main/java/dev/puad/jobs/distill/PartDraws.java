package dev.puad.jobs.distill;

import dev.puad.jobs.train.EpochOrder;
import dev.puad.jobs.train.ImageDraws;
import dev.puad.jobs.train.RandomStreams;
import dev.puad.model.distill.Crop;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which parts of images the steps see: the same parts epoch after epoch, each shuffled anew. Drawn
 * on the driver, from the seed and the number of a step's image alone; step after step, the workers
 * draw in turn.
 */
final class PartDraws {

  private final DistillPlan plan;
  private final ImageDraws images;
  private final EpochOrder order;

  PartDraws(DistillPlan plan) {
    this.plan = plan;
    this.images = new ImageDraws(plan.images(), plan.seed(), RandomStreams.DISTILL_ORDER);
    this.order = new EpochOrder(plan.seed(), RandomStreams.PART_ORDER, 0, plan.parts());
  }

  /**
   * The draws of one worker's minibatches.
   *
   * @param before minibatches that each worker has had in earlier rounds
   * @param count minibatches of this worker in this round
   */
  List<List<Examples.Draw>> minibatches(int worker, int before, int count) {
    return IntStream.range(before, before + count)
        .mapToObj(step -> ((long) step * plan.workers() + worker) * plan.batchSize())
        .map(first -> IntStream.range(0, plan.batchSize()).mapToObj(i -> draw(first + i)).toList())
        .toList();
  }

  /** A part that is not all of an image is grey always or never, so that it can be kept. */
  private Examples.Draw draw(long draw) {
    int part = order.at(draw);
    long fate = plan.recipe().crop(plan.imageSize()).isWhole() ? draw : part;
    return new Examples.Draw(
        images.candidates(part),
        RandomStreams.seed(plan.seed(), RandomStreams.DISTILL_CROP, 0, part),
        Crop.isGrey(RandomStreams.of(plan.seed(), RandomStreams.DISTILL_GREY, 0, fate)));
  }
}
