package dev.puad.model.image;

import java.util.Objects;

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

  /**
   * A part of this image, copied.
   *
   * @param left its first column
   * @param top its first row
   * @throws IndexOutOfBoundsException if it is not within this image
   */
  public RgbImage part(int left, int top, int width, int height) {
    Objects.checkFromIndexSize(left, width, this.width);
    Objects.checkFromIndexSize(top, height, this.height);
    byte[] part = new byte[width * height * CHANNELS];
    int row = width * CHANNELS;
    for (int y = 0; y < height; y++) {
      System.arraycopy(pixels, ((top + y) * this.width + left) * CHANNELS, part, y * row, row);
    }
    return new RgbImage(width, height, part);
  }
}
