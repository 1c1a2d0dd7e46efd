package dev.puad.model.image;

/**
 * An 8-bit RGB image.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param pixels unsigned bytes in HWC order: row by row, red, green and blue of each pixel
 */
public record RgbImage(int width, int height, byte[] pixels) {

  /** Red, green, blue. */
  public static final int CHANNELS = 3;

  public RgbImage {
    Pixels.checkLength(width, height, CHANNELS, pixels.length);
  }
}
