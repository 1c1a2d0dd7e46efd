package dev.puad.jobs.config;

import dev.puad.model.image.DecodeLimits;

/**
 * Which images are read at all.
 *
 * @param maxPixels width times height above which an image is rejected
 * @param maxBytes file length above which an image is rejected
 */
public record ImageSettings(long maxPixels, long maxBytes) {

  public ImageSettings {
    Check.positive("image.max-pixels", maxPixels);
    Check.positive("image.max-bytes", maxBytes);
  }

  /** As the decoder takes them. */
  public DecodeLimits limits() {
    return new DecodeLimits(maxPixels, maxBytes);
  }
}
