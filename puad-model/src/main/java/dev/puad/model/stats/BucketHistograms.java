package dev.puad.model.stats;

import dev.puad.model.BadInputException;
import java.io.Serializable;
import java.util.Arrays;

/**
 * The second pass of {@link ExactQuantiles}: how often each value occurs within the few buckets of
 * the first pass that hold a wanted rank. 65,536 counts a bucket.
 */
public final class BucketHistograms implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Ascending. */
  private final int[] buckets;

  private final long[][] counts;

  /** An empty state for the given distinct buckets, ascending. */
  BucketHistograms(int[] buckets) {
    this.buckets = buckets;
    this.counts = new long[buckets.length][RadixHistogram.BUCKETS];
  }

  /**
   * Adds values of the first pass, and returns this state; values outside the buckets are passed
   * over.
   *
   * @throws BadInputException if one is NaN
   */
  public BucketHistograms add(float[] values) {
    RadixHistogram.requireNumbers(values);
    for (float value : values) {
      int key = FloatOrder.key(value);
      int index = Arrays.binarySearch(buckets, key >>> 16);
      if (index >= 0) {
        counts[index][key & 0xFFFF]++;
      }
    }
    return this;
  }

  /**
   * Merges another state into this one, and returns this; the other stays as it is.
   *
   * @throws IllegalArgumentException if the states follow different plans
   */
  public BucketHistograms mergeWith(BucketHistograms other) {
    if (!Arrays.equals(buckets, other.buckets)) {
      throw new IllegalArgumentException(
          "Histograms of buckets %s do not merge with those of %s."
              .formatted(Arrays.toString(buckets), Arrays.toString(other.buckets)));
    }
    for (int i = 0; i < counts.length; i++) {
      for (int j = 0; j < counts[i].length; j++) {
        counts[i][j] += other.counts[i][j];
      }
    }
    return this;
  }

  /** The number of values in a bucket; 0 for a bucket that was not asked for. */
  long countIn(int bucket) {
    int index = Arrays.binarySearch(buckets, bucket);
    return index < 0 ? 0 : Arrays.stream(counts[index]).sum();
  }

  /** The value with {@code rank} smaller or equal ones before it in a bucket that has so many. */
  float valueAt(int bucket, long rank) {
    long[] histogram = counts[Arrays.binarySearch(buckets, bucket)];
    long before = 0;
    int low = 0;
    while (before + histogram[low] <= rank) {
      before += histogram[low++];
    }
    return FloatOrder.value((bucket << 16) | low);
  }
}
