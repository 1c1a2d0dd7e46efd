package dev.puad.model.image;

/** Mirrors an image. */
public final class Flip {

  private Flip() {}

  /** Left becomes right. */
  public static RgbImage horizontal(RgbImage image) {
    int width = image.width();
    byte[] flipped = new byte[image.pixels().length];
    for (int i = 0; i < width * image.height(); i++) {
      int mirrored = i + width - 1 - 2 * (i % width);
      System.arraycopy(
          image.pixels(),
          i * RgbImage.CHANNELS,
          flipped,
          mirrored * RgbImage.CHANNELS,
          RgbImage.CHANNELS);
    }
    return new RgbImage(width, image.height(), flipped);
  }

  /** Top becomes bottom. */
  public static RgbImage vertical(RgbImage image) {
    int row = image.width() * RgbImage.CHANNELS;
    byte[] flipped = new byte[image.pixels().length];
    for (int y = 0; y < image.height(); y++) {
      System.arraycopy(image.pixels(), y * row, flipped, (image.height() - 1 - y) * row, row);
    }
    return new RgbImage(image.width(), image.height(), flipped);
  }
}
