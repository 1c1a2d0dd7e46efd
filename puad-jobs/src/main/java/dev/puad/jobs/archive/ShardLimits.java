package dev.puad.jobs.archive;

import java.io.Serializable;

/**
 * What a shard may cost before it is refused.
 *
 * @param maxEntries files in it, of any kind
 * @param maxRatio bytes that come out of one that goes in
 */
public record ShardLimits(int maxEntries, int maxRatio) implements Serializable {

  /** Bytes that may come out of however few: an image of one colour is no bomb. */
  private static final long ALWAYS = 1L << 26;

  public ShardLimits {
    if (maxEntries < 1 || maxRatio < 1) {
      throw new IllegalArgumentException(
          "Cannot limit shards to %d entries and a ratio of %d, both must be positive."
              .formatted(maxEntries, maxRatio));
    }
  }

  /** Bytes that may come out of so many. */
  long most(long stored) {
    return Math.max(ALWAYS, ofRatio(stored));
  }

  private long ofRatio(long stored) {
    return stored > Long.MAX_VALUE / maxRatio ? Long.MAX_VALUE : stored * maxRatio;
  }
}
