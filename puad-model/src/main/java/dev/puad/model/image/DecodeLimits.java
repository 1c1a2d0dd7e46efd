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

  /**
   * Checks a file before anything of it is decoded.
   *
   * @throws RejectedImageException if it is empty or too long
   */
  void checkEncoded(byte[] encoded) {
    if (encoded.length == 0) {
      throw new RejectedImageException(RejectReason.EMPTY, "it is empty");
    }
    if (encoded.length > maxBytes) {
      throw new RejectedImageException(
          RejectReason.TOO_LARGE,
          "it is %d bytes long, more than the limit of %d".formatted(encoded.length, maxBytes));
    }
  }

  /**
   * Checks a size that a header tells, before memory is taken for it.
   *
   * @param width below 2^32
   * @param height below 2^32
   * @throws RejectedImageException if it is too large
   */
  void checkPixels(long width, long height) {
    // Divided, because the product of what a damaged header tells may overflow.
    if (height > 0 && width > maxPixels / height) {
      throw new RejectedImageException(
          RejectReason.TOO_LARGE,
          "it has %d x %d pixels, more than the limit of %d".formatted(width, height, maxPixels));
    }
  }
}
