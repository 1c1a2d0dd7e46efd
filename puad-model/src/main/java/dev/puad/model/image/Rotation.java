package dev.puad.model.image;

/**
 * Rotates an image about its centre and keeps its size: bilinear between pixels, and what comes
 * from outside repeats the nearest pixel of the border.
 */
public final class Rotation {

  private Rotation() {}

  /**
   * Rotates counter-clockwise.
   *
   * @param degrees of either sign; 0 gives an equal image
   */
  public static RgbImage rotate(RgbImage image, double degrees) {
    double cosine = StrictMath.cos(StrictMath.toRadians(degrees));
    double sine = StrictMath.sin(StrictMath.toRadians(degrees));
    double centreX = (image.width() - 1) / 2.0;
    double centreY = (image.height() - 1) / 2.0;
    byte[] rotated = new byte[image.pixels().length];
    int to = 0;
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        double dx = x - centreX;
        double dy = y - centreY;
        double fromX = centreX + cosine * dx - sine * dy;
        double fromY = centreY + sine * dx + cosine * dy;
        sample(image, fromX, fromY, rotated, to);
        to += RgbImage.CHANNELS;
      }
    }
    return new RgbImage(image.width(), image.height(), rotated);
  }

  private static void sample(RgbImage image, double x, double y, byte[] rotated, int to) {
    double inX = Math.min(image.width() - 1, Math.max(0, x));
    double inY = Math.min(image.height() - 1, Math.max(0, y));
    int left = (int) inX;
    int top = (int) inY;
    int right = Math.min(left + 1, image.width() - 1);
    int bottom = Math.min(top + 1, image.height() - 1);
    double weightX = inX - left;
    double weightY = inY - top;
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      double above =
          (1 - weightX) * value(image, left, top, channel)
              + weightX * value(image, right, top, channel);
      double below =
          (1 - weightX) * value(image, left, bottom, channel)
              + weightX * value(image, right, bottom, channel);
      rotated[to + channel] = (byte) Math.round((1 - weightY) * above + weightY * below);
    }
  }

  private static int value(RgbImage image, int x, int y, int channel) {
    return Byte.toUnsignedInt(
        image.pixels()[(y * image.width() + x) * RgbImage.CHANNELS + channel]);
  }
}
