package dev.puad.model.distill;

import dev.puad.model.image.Flip;
import dev.puad.model.image.RgbImage;
import java.io.Serializable;
import java.util.random.RandomGenerator;

/**
 * Which part of an image a step of distillation sees, and how.
 *
 * @param least the shortest side of the square part, in pixels; 0 for the whole image
 * @param most the longest; an image's own shorter side bounds it
 */
public record Crop(int least, int most) implements Serializable {

  /** The whole image, as the official code sees it. */
  public static final Crop WHOLE = new Crop(0, 0);

  /** As official code draws it. */
  private static final double GREY_PROBABILITY = 0.1;

  /** Whether a step sees an image without its colours, as chance has it. */
  public static boolean isGrey(RandomGenerator random) {
    return random.nextDouble() < GREY_PROBABILITY;
  }

  /** Whether every step sees all of an image. */
  public boolean isWhole() {
    return most == 0;
  }

  /** A part of an image at its own resolution, flipped as chance has it. */
  public RgbImage draw(RgbImage image, RandomGenerator random) {
    return isWhole() ? image : flipped(square(image, random), random);
  }

  private RgbImage square(RgbImage image, RandomGenerator random) {
    int shorter = Math.min(image.width(), image.height());
    int side = Math.min(shorter, random.nextInt(least, most + 1));
    int left = random.nextInt(image.width() - side + 1);
    int top = random.nextInt(image.height() - side + 1);
    return image.part(left, top, side, side);
  }

  private static RgbImage flipped(RgbImage image, RandomGenerator random) {
    RgbImage across = random.nextBoolean() ? Flip.horizontal(image) : image;
    return random.nextBoolean() ? Flip.vertical(across) : across;
  }
}
