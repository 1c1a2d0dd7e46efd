package dev.puad.model.generate;

import java.util.List;

/**
 * What the parts of one image share, as those of a photograph share their light and materials.
 *
 * @param side of the image in pixels
 * @param palette its colours
 * @param noises 1/f^a noise of different exponents to make textures of, a being 0.5 to 1.8
 * @param smooth noise without fine detail, for outlines and warps
 * @param points what its cells grow around
 * @param sun where the light comes from, in turns
 */
record Setting(
    int side,
    Dice dice,
    Palette palette,
    List<PinkNoise> noises,
    PinkNoise smooth,
    Points points,
    Frame.Axis sun) {

  private static final int LEAST_TORUS = 32;
  private static final int MOST_TORUS = 512;
  private static final int SMOOTH_TORUS = 64;

  static Setting draw(int side, Dice dice) {
    Palette palette = Palette.draw(dice);
    int torus = LEAST_TORUS;
    while (torus < MOST_TORUS && torus * 4 < side * 3) {
      torus *= 2;
    }
    PinkNoise rough = PinkNoise.draw(torus, dice.between(0.5, 1.1), dice);
    PinkNoise soft = PinkNoise.draw(torus, dice.between(1, 1.8), dice);
    PinkNoise smooth = PinkNoise.draw(SMOOTH_TORUS, 1.8, dice);
    Frame light = Frame.placed(0, 0, dice.between(0, 1));
    List<PinkNoise> noises = List.of(rough, soft);
    return new Setting(side, dice, palette, noises, smooth, Points.draw(dice), light.across());
  }

  /** No relief, but shadows that fall as all others. */
  Relief flat() {
    return new Relief(sun, 0, 0, 0, 0);
  }

  /** A random length in pixels, from the finest that can be seen to a third of the image. */
  double period() {
    return dice.scaled(2.5, Math.max(5, side / 3.0));
  }

  /** A random column or row. */
  double place() {
    return dice.between(0, side);
  }
}
