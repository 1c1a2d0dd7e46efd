package dev.puad.jobs.config;

/**
 * How large the shards are that a folder is packed into; one that has a single image may be larger.
 *
 * @param shardBytes of a shard's file, at most
 * @param shardImages in a shard, at most
 */
public record PackSettings(long shardBytes, int shardImages) {

  public PackSettings {
    Check.positive("pack.shard-bytes", shardBytes);
    Check.positive("pack.shard-images", shardImages);
  }
}
