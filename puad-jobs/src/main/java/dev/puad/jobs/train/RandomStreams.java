package dev.puad.jobs.train;

import java.util.SplittableRandom;

/**
 * Independent random streams, one for each choice: a task that runs twice, or elsewhere, draws the
 * same numbers.
 */
public final class RandomStreams {

  static final int ORDER = 1;
  static final int JITTER = 2;
  static final int DROPOUT = 3;
  static final int AUGMENTATION = 4;
  static final int PENALTY_ORDER = 5;
  static final int PENALTY_GREY = 6;
  public static final int DISTILL_ORDER = 7;
  public static final int DISTILL_CROP = 8;
  public static final int STATISTICS_ORDER = 9;
  public static final int STATISTICS_CROP = 10;
  public static final int PROJECTION = 11;
  public static final int PART_ORDER = 12;
  public static final int DISTILL_GREY = 13;

  private RandomStreams() {}

  public static SplittableRandom of(long seed, int purpose, int worker, long step) {
    return new SplittableRandom(seed(seed, purpose, worker, step));
  }

  /** A seed in which every bit of every argument counts (the finalizer of MurmurHash3). */
  public static long seed(long seed, int purpose, int worker, long step) {
    long mixed = 0;
    for (long part : new long[] {seed, purpose, worker, step}) {
      mixed = (mixed ^ part) + 0x9E3779B97F4A7C15L;
      mixed = (mixed ^ (mixed >>> 33)) * 0xFF51AFD7ED558CCDL;
      mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
      mixed ^= mixed >>> 33;
    }
    return mixed;
  }
}
