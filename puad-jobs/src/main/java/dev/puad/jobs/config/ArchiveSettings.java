package dev.puad.jobs.config;

import java.time.Duration;

/**
 * What images and shards of an archive may cost.
 *
 * @param maxEntries files in a shard above which no more are looked at
 * @param maxRatio bytes that may come out of each of a shard's bytes
 * @param timeoutSeconds after which an image that is being read or decoded, or a folder or shard
 *     whose storage is silent, is rejected
 */
public record ArchiveSettings(int maxEntries, int maxRatio, int timeoutSeconds) {

  public ArchiveSettings {
    Check.positive("archive.max-entries", maxEntries);
    Check.positive("archive.max-ratio", maxRatio);
    Check.positive("archive.timeout-seconds", timeoutSeconds);
  }

  /** How long reading or decoding one image may take, and storage be silent. */
  public Duration patience() {
    return Duration.ofSeconds(timeoutSeconds);
  }
}
