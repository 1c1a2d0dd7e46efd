package dev.puad.model.image;

/** Cuts out the middle of an image, placed as torchvision's {@code CenterCrop} places it. */
public final class CentreCrop {

  private CentreCrop() {}

  /**
   * The middle {@code width} x {@code height} pixels; an odd remainder is halved to even.
   *
   * @throws IllegalArgumentException if the crop is not within the image
   */
  public static RgbImage crop(RgbImage image, int width, int height) {
    if (width < 1 || width > image.width() || height < 1 || height > image.height()) {
      throw new IllegalArgumentException(
          "Cannot crop %d x %d pixels from an image of %d x %d."
              .formatted(width, height, image.width(), image.height()));
    }
    int left = (int) Math.rint((image.width() - width) / 2.0);
    int top = (int) Math.rint((image.height() - height) / 2.0);
    return image.part(left, top, width, height);
  }
}
