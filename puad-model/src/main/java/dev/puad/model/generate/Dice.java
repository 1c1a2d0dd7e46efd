package dev.puad.model.generate;

import java.util.List;
import java.util.SplittableRandom;

/**
 * The random choices of one image. Everything is plain or strict arithmetic: no machine differs.
 */
final class Dice {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** A third of a number's bits. */
  private static final long THIRD = 0x1FFFFF;

  private final SplittableRandom random;

  /** A stream of its own for each index, near indexes being as unlike as far ones. */
  Dice(long seed, long index) {
    random = new SplittableRandom(mix(mix(seed + GOLDEN) + GOLDEN * index));
  }

  /** Uniform in [least, most). */
  double between(double least, double most) {
    return least + (most - least) * random.nextDouble();
  }

  /** Uniform in the logarithm, in [least, most), both positive: as often near 2 as near 20. */
  double scaled(double least, double most) {
    return least * StrictMath.exp(StrictMath.log(most / least) * random.nextDouble());
  }

  /** Uniform among least to most, both included. */
  int count(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  /** Near normal, with mean 0 and variance 1, and never beyond 3. */
  double bell() {
    long bits = random.nextLong();
    long sum = (bits >>> 43) + (bits >>> 22 & THIRD) + (bits >>> 1 & THIRD);
    return sum * 0x1.0p-20 - 3;
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  <E> E pick(List<E> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  long salt() {
    return random.nextLong();
  }

  /** The finaliser of MurmurHash3: each bit of the argument flips half of the bits. */
  static long mix(long value) {
    long mixed = (value ^ (value >>> 33)) * 0xFF51AFD7ED558CCDL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return mixed ^ (mixed >>> 33);
  }

  /** Uniform in [0, 1), the same for the same point of a lattice. */
  static double hash(long salt, int column, int row) {
    long point = ((long) column << 32) ^ (row & 0xFFFFFFFFL);
    return (mix(salt ^ (point * GOLDEN)) >>> 11) * 0x1.0p-53;
  }
}
