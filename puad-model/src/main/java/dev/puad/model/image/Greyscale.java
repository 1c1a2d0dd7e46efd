package dev.puad.model.image;

/** Takes the colours out of an image as Pillow's conversion to mode L does, in integers. */
public final class Greyscale {

  private Greyscale() {}

  /** An image whose three channels are its grey: {@code RandomGrayscale} where it applies. */
  public static RgbImage of(RgbImage image) {
    byte[] grey = new byte[image.pixels().length];
    for (int i = 0; i < grey.length; i += RgbImage.CHANNELS) {
      byte value = (byte) grey(image.pixels(), i);
      grey[i] = value;
      grey[i + 1] = value;
      grey[i + 2] = value;
    }
    return new RgbImage(image.width(), image.height(), grey);
  }

  /** The grey, in [0, 255], of the pixel whose red is at an index. */
  static int grey(byte[] pixels, int index) {
    int red = Byte.toUnsignedInt(pixels[index]);
    int green = Byte.toUnsignedInt(pixels[index + 1]);
    int blue = Byte.toUnsignedInt(pixels[index + 2]);
    return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
  }
}
