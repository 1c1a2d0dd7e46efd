package dev.puad.model.generate;

import dev.puad.model.image.RgbImage;

/**
 * Images that stand in for photographs where a network is to learn from them, without any data set
 * and its licence: an endless numbered sequence for each seed.
 */
public final class GeneratedImage {

  /** Rises whenever other pixels are drawn: what was trained on the former is not the same. */
  public static final int VERSION = 1;

  private GeneratedImage() {}

  /**
   * Draws an image; the same arguments give the same pixels on every machine.
   *
   * @param seed of the sequence
   * @param index of the image within it
   * @param side of the square image in pixels, at least 1
   */
  public static RgbImage draw(long seed, long index, int side) {
    if (side < 1) {
      throw new IllegalArgumentException(
          "Cannot draw an image with a side of %d, it must be positive.".formatted(side));
    }
    Dice dice = new Dice(seed, index);
    Setting setting = Setting.draw(side, dice);
    Scene scene = Scene.any(dice);
    Canvas canvas = new Canvas(side);
    scene.draw(canvas, setting);
    if (dice.chance(scene == Scene.SURFACE ? 0.7 : 0.2)) {
      Marks.add(canvas, setting);
    }
    return Exposure.expose(canvas, setting, scene.levelled());
  }
}
