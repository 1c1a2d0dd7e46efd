package dev.puad.model.stats;

import dev.puad.model.BadInputException;
import java.io.Serializable;

/**
 * The first pass of {@link ExactQuantiles}: how many values share each pattern of the upper 16 bits
 * of their {@link FloatOrder} key. 65,536 counts, whatever the number of values.
 */
public final class RadixHistogram implements Serializable {

  static final int BUCKETS = 1 << 16;

  private static final long serialVersionUID = 1L;

  private final long[] counts = new long[BUCKETS];

  /**
   * Adds values, and returns this state.
   *
   * @throws BadInputException if one is NaN
   */
  public RadixHistogram add(float[] values) {
    requireNumbers(values);
    for (float value : values) {
      counts[FloatOrder.key(value) >>> 16]++;
    }
    return this;
  }

  /** Merges another state into this one, and returns this; the other stays as it is. */
  public RadixHistogram mergeWith(RadixHistogram other) {
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] += other.counts[i];
    }
    return this;
  }

  /** The number of values. */
  public long count() {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  /** The number of values in a bucket. */
  long countIn(int bucket) {
    return counts[bucket];
  }

  static void requireNumbers(float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(values[i])) {
        throw new BadInputException(
            "Cannot take quantiles with NaN at %d: check the network's weights.".formatted(i));
      }
    }
  }
}
