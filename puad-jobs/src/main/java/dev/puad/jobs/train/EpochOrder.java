package dev.puad.jobs.train;

import java.util.SplittableRandom;

/**
 * The order in which images are drawn: epoch after epoch, each shuffled anew. Any draw can be asked
 * for; those of one epoch in a row are cheap.
 */
public final class EpochOrder {

  private final long seed;
  private final int purpose;
  private final int worker;
  private final int[] order;
  private long epoch = -1;

  /**
   * An order of its own for each of these.
   *
   * @param purpose one of {@link RandomStreams}'
   * @param size images of an epoch, at least 1
   */
  public EpochOrder(long seed, int purpose, int worker, int size) {
    this.seed = seed;
    this.purpose = purpose;
    this.worker = worker;
    this.order = new int[size];
  }

  /** The index of the image that is drawn as the {@code draw}-th, counted from 0. */
  public int at(long draw) {
    long wanted = draw / order.length;
    if (wanted != epoch) {
      shuffle(wanted);
      epoch = wanted;
    }
    return order[(int) (draw % order.length)];
  }

  private void shuffle(long wanted) {
    SplittableRandom random = RandomStreams.of(seed, purpose, worker, wanted);
    for (int i = 0; i < order.length; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
  }
}
