package dev.puad.model.metric;

/**
 * One region of an image's ground truth: a defect that counts once, however large.
 *
 * @param pixels flat indices (row times width plus column) into the image's anomaly map, strictly
 *     ascending, at least one
 * @param saturation the number of pixels that counts as the whole defect found, above 0 and at most
 *     the region's own
 */
public record Region(int[] pixels, double saturation) {

  public Region {
    if (pixels.length == 0) {
      throw new IllegalArgumentException("A region needs at least 1 pixel.");
    }
    if (pixels[0] < 0) {
      throw new IllegalArgumentException("Pixel %d is not in an image.".formatted(pixels[0]));
    }
    for (int i = 1; i < pixels.length; i++) {
      if (pixels[i] <= pixels[i - 1]) {
        throw new IllegalArgumentException(
            "Pixel %d follows %d: a region's pixels must ascend."
                .formatted(pixels[i], pixels[i - 1]));
      }
    }
    if (!(saturation > 0 && saturation <= pixels.length)) {
      throw new IllegalArgumentException(
          "Cannot saturate a region of %d pixels at %s: choose above 0 and at most its size."
              .formatted(pixels.length, saturation));
    }
  }

  /** The last pixel. */
  int greatestPixel() {
    return pixels[pixels.length - 1];
  }
}
