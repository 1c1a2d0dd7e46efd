package dev.puad.jobs.config;

import dev.puad.model.image.DecodeLimits;

/**
 * Which images are read at all.
 *
 * @param maxPixels width times height above which an image is rejected
 * @param maxBytes file length above which an image is rejected
 * @param maxEntries files in a shard above which no more are looked at
 * @param maxRatio bytes that may come out of each of a shard's bytes
 */
public record ImageSettings(long maxPixels, long maxBytes, int maxEntries, int maxRatio) {

  public ImageSettings {
    Check.positive("image.max-pixels", maxPixels);
    Check.positive("image.max-bytes", maxBytes);
    Check.positive("image.max-entries", maxEntries);
    Check.positive("image.max-ratio", maxRatio);
  }

  /** As the decoder takes them. */
  public DecodeLimits limits() {
    return new DecodeLimits(maxPixels, maxBytes);
  }
}
