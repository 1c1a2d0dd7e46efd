package dev.puad.jobs.train;

import java.util.List;
import java.util.stream.LongStream;

/**
 * Which natural images are seen, one after the other: epoch after epoch over the whole folder, each
 * shuffled anew. Drawn on the driver, from the seed and the number of the draw alone.
 */
final class ImageDraws {

  /**
   * A drawn image and those that may take its place should it not decode. Enough that a folder of
   * which half is broken still trains.
   */
  private static final int CANDIDATES = 32;

  private final List<String> images;
  private final EpochOrder order;

  /**
   * An order of its own for each of these.
   *
   * @param images at least one
   * @param purpose one of {@link RandomStreams}'
   */
  ImageDraws(NaturalImages images, long seed, int purpose) {
    this.images = images.images();
    this.order = new EpochOrder(seed, purpose, 0, this.images.size());
  }

  /** The candidates for the image that is drawn as the {@code draw}-th, from 0; itself first. */
  List<String> candidates(long draw) {
    return LongStream.range(draw, draw + CANDIDATES)
        .mapToObj(next -> images.get(order.at(next)))
        .distinct()
        .toList();
  }
}
