package dev.puad.model.image;

import java.util.random.RandomGenerator;

/**
 * An image for EfficientAD's penalty term (section 3.2): anything natural, on which the student is
 * to say little.
 */
public final class PenaltyImage {

  private static final double GREY_PROBABILITY = 0.3;

  private PenaltyImage() {}

  /**
   * The side to which images are resized before their middle is taken, in pixels.
   *
   * @param size S, the side of the networks' input
   */
  public static int resizedSide(int size) {
    return 2 * size;
  }

  /**
   * The middle of an image at twice the networks' size, grey with probability 0.3, as official code
   * prepares it.
   *
   * @param image of any size
   * @param size S, the side of the networks' input
   * @return [3, S, S], normalised
   */
  public static float[] prepare(RgbImage image, int size, RandomGenerator random) {
    int side = resizedSide(size);
    RgbImage large = BilinearResize.resize(image, side, side);
    RgbImage seen = random.nextDouble() < GREY_PROBABILITY ? Greyscale.of(large) : large;
    return Normalization.normalize(CentreCrop.crop(seen, size, size));
  }
}
