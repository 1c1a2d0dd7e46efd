package dev.puad.model.image;

import java.io.Serializable;

/**
 * What an image may cost before it is refused, so that one file cannot exhaust an executor.
 *
 * @param maxPixels width times height, read from the header before any pixel is decoded
 * @param maxBytes length of the encoded file
 */
public record DecodeLimits(long maxPixels, long maxBytes) implements Serializable {

  private static final DecodeLimits DEFAULTS = new DecodeLimits(1L << 26, 1L << 28);

  public DecodeLimits {
    if (maxPixels < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          "Cannot limit images to %d pixels and %d bytes, both must be positive."
              .formatted(maxPixels, maxBytes));
    }
  }

  /** 2^26 pixels (8192 x 8192, 192 MiB decoded) and 256 MiB encoded. */
  public static DecodeLimits defaults() {
    return DEFAULTS;
  }
}
