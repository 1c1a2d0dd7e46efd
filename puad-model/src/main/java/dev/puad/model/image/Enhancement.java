package dev.puad.model.image;

/**
 * Pillow's brightness, contrast and colour enhancement of 8-bit images, bit for bit: each blends an
 * image x with a degenerate d of it, trunc(d + f (x − d)) clamped to [0, 255], in float32. A factor
 * f of 1 keeps the image, 0 leaves the degenerate alone.
 */
public final class Enhancement {

  private Enhancement() {}

  /** Blends with black. */
  public static RgbImage brightness(RgbImage image, float factor) {
    byte[] pixels = image.pixels();
    byte[] blended = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      blended[i] = blend(0, pixels[i], factor);
    }
    return new RgbImage(image.width(), image.height(), blended);
  }

  /** Blends with the image's mean grey, rounded. */
  public static RgbImage contrast(RgbImage image, float factor) {
    byte[] pixels = image.pixels();
    long sum = 0;
    for (int i = 0; i < pixels.length; i += RgbImage.CHANNELS) {
      sum += Greyscale.grey(pixels, i);
    }
    int mean = (int) ((double) sum / (image.width() * image.height()) + 0.5);
    byte[] blended = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      blended[i] = blend(mean, pixels[i], factor);
    }
    return new RgbImage(image.width(), image.height(), blended);
  }

  /** Blends with the grey of each pixel. */
  public static RgbImage saturation(RgbImage image, float factor) {
    byte[] pixels = image.pixels();
    byte[] blended = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      int red = i - i % RgbImage.CHANNELS;
      blended[i] = blend(Greyscale.grey(pixels, red), pixels[i], factor);
    }
    return new RgbImage(image.width(), image.height(), blended);
  }

  private static byte blend(int degenerate, byte pixel, float factor) {
    float blended = degenerate + factor * (Byte.toUnsignedInt(pixel) - degenerate);
    return (byte) Math.min(255, Math.max(0, (int) blended));
  }
}
