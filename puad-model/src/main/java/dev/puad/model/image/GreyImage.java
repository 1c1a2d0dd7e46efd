package dev.puad.model.image;

/**
 * An 8-bit image of one channel, such as a ground-truth mask whose values are defect ids.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param pixels unsigned bytes, row by row
 */
public record GreyImage(int width, int height, byte[] pixels) {

  public GreyImage {
    Pixels.checkLength(width, height, 1, pixels.length);
  }

  /** The value in [0, 255] at a flat index, row by row. */
  public int value(int index) {
    return Byte.toUnsignedInt(pixels[index]);
  }
}
