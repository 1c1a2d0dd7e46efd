package dev.puad.jobs.train;

import java.util.List;
import java.util.stream.LongStream;

/**
 * Which natural images are seen, one after the other: epoch after epoch over the whole folder, each
 * shuffled anew; of generated images always a new one. Drawn on the driver, from the seed and the
 * number of the draw alone.
 */
public final class ImageDraws {

  /**
   * A drawn image and those that may take its place should it not decode. Enough that a folder of
   * which half is broken still trains.
   */
  private static final int CANDIDATES = 32;

  private final NaturalImages images;
  private final EpochOrder order;
  private final long generatedSeed;

  /**
   * An order of its own for each of these.
   *
   * @param images other than none
   * @param purpose one of {@link RandomStreams}'
   */
  public ImageDraws(NaturalImages images, long seed, int purpose) {
    this.images = images;
    this.order =
        images.isGenerated() ? null : new EpochOrder(seed, purpose, 0, images.images().size());
    this.generatedSeed = RandomStreams.seed(seed, purpose, 0, 0);
  }

  /** The candidates for the image that is drawn as the {@code draw}-th, from 0; itself first. */
  public List<String> candidates(long draw) {
    if (images.isGenerated()) {
      return List.of(new GeneratedName(generatedSeed, draw).uri());
    }
    return LongStream.range(draw, draw + CANDIDATES)
        .mapToObj(next -> images.images().get(order.at(next)))
        .distinct()
        .toList();
  }
}
