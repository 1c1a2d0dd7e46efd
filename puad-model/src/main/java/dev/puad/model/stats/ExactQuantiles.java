package dev.puad.model.stats;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Exact quantiles of any number of floats in bounded memory, by two passes over the data:
 * EfficientAD scales its maps by the 0.9 and 0.995 quantiles of all validation pixels.
 *
 * <pre>
 *   RadixHistogram first = …add(values)…mergeWith(…);
 *   ExactQuantiles plan = ExactQuantiles.plan(first, 0.9, 0.995);
 *   BucketHistograms second = plan.secondPass()…add(values)…mergeWith(…);
 *   double[] quantiles = plan.quantiles(second);
 * </pre>
 *
 * <p>The quantile p of n values lies at rank p (n − 1), linear between the two ranks about it: the
 * default of NumPy and PyTorch, here in double.
 */
public final class ExactQuantiles implements Serializable {

  private static final long serialVersionUID = 1L;

  private final double[] probabilities;
  private final long count;

  /** Of the first pass, those that hold a wanted rank, ascending. */
  private final int[] buckets;

  /** For each of them the number of values in it, and in all buckets below it. */
  private final long[] inside;

  private final long[] below;

  private ExactQuantiles(
      double[] probabilities, long count, int[] buckets, long[] inside, long[] below) {
    this.probabilities = probabilities;
    this.count = count;
    this.buckets = buckets;
    this.inside = inside;
    this.below = below;
  }

  /**
   * Finds out which values the second pass has to count.
   *
   * @param probabilities each in [0, 1], in any order
   * @throws IllegalArgumentException if a probability is outside, or there are no values
   */
  public static ExactQuantiles plan(RadixHistogram firstPass, double... probabilities) {
    long count = firstPass.count();
    if (count == 0) {
      throw new IllegalArgumentException("No values were added: quantiles are undefined.");
    }
    long[] ranks = new long[2 * probabilities.length];
    for (int i = 0; i < probabilities.length; i++) {
      if (!(probabilities[i] >= 0 && probabilities[i] <= 1)) {
        throw new IllegalArgumentException(
            "Cannot take the quantile %s: it must lie in [0, 1].".formatted(probabilities[i]));
      }
      ranks[2 * i] = (long) rank(probabilities[i], count);
      ranks[2 * i + 1] = Math.min(ranks[2 * i] + 1, count - 1);
    }
    Arrays.sort(ranks);
    IntStream.Builder buckets = IntStream.builder();
    LongStream.Builder below = LongStream.builder();
    long before = 0;
    int next = 0;
    for (int bucket = 0; bucket < RadixHistogram.BUCKETS; bucket++) {
      long after = before + firstPass.countIn(bucket);
      if (next < ranks.length && ranks[next] < after) {
        buckets.add(bucket);
        below.add(before);
      }
      while (next < ranks.length && ranks[next] < after) {
        next++;
      }
      before = after;
    }
    int[] wanted = buckets.build().toArray();
    long[] inside = Arrays.stream(wanted).mapToLong(firstPass::countIn).toArray();
    return new ExactQuantiles(
        probabilities.clone(), count, wanted, inside, below.build().toArray());
  }

  /** A new empty state for the second pass. */
  public BucketHistograms secondPass() {
    return new BucketHistograms(buckets);
  }

  /**
   * The quantiles, in the order of the probabilities given to the plan.
   *
   * @param secondPass the second pass over the same values as the first
   * @throws IllegalArgumentException if the second pass counted other values than the first
   */
  public double[] quantiles(BucketHistograms secondPass) {
    for (int i = 0; i < buckets.length; i++) {
      long counted = secondPass.countIn(buckets[i]);
      if (counted != inside[i]) {
        throw new IllegalArgumentException(
            "The second pass counted %d values where the first counted %d: the data changed."
                .formatted(counted, inside[i]));
      }
    }
    double[] quantiles = new double[probabilities.length];
    for (int i = 0; i < quantiles.length; i++) {
      double rank = rank(probabilities[i], count);
      long lower = (long) rank;
      quantiles[i] =
          interpolate(
              valueAt(lower, secondPass),
              valueAt(Math.min(lower + 1, count - 1), secondPass),
              rank - lower);
    }
    return quantiles;
  }

  private static double rank(double probability, long count) {
    return probability * (count - 1);
  }

  /** From the nearer end, as NumPy does, so that the result is the same to the last bit. */
  private static double interpolate(double a, double b, double weight) {
    if (a == b) {
      return a;
    }
    return weight < 0.5 ? a + (b - a) * weight : b - (b - a) * (1 - weight);
  }

  private double valueAt(long rank, BucketHistograms secondPass) {
    int i = 0;
    while (rank >= below[i] + inside[i]) {
      i++;
    }
    return secondPass.valueAt(buckets[i], rank - below[i]);
  }
}
