package dev.puad.jobs.archive;

import java.io.Serializable;

/**
 * What a shard may cost before it is refused.
 *
 * @param maxEntries files in it, of any kind
 * @param maxRatio bytes that come out of one that goes in
 */
public record ShardLimits(int maxEntries, int maxRatio) implements Serializable {

  public ShardLimits {
    if (maxEntries < 1 || maxRatio < 1) {
      throw new IllegalArgumentException(
          "Cannot limit shards to %d entries and a ratio of %d, both must be positive."
              .formatted(maxEntries, maxRatio));
    }
  }

  /** Bytes that may come out of so many. */
  long most(long stored) {
    return stored > Long.MAX_VALUE / maxRatio ? Long.MAX_VALUE : stored * maxRatio;
  }
}
