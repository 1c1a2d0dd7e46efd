package dev.puad.jobs.config;

/**
 * What an archive's shards may cost.
 *
 * @param maxEntries files in a shard above which no more are looked at
 * @param maxRatio bytes that may come out of each of a shard's bytes
 */
public record ArchiveSettings(int maxEntries, int maxRatio) {

  public ArchiveSettings {
    Check.positive("archive.max-entries", maxEntries);
    Check.positive("archive.max-ratio", maxRatio);
  }
}
