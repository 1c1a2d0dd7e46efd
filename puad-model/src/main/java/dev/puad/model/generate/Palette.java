package dev.puad.model.generate;

import java.util.ArrayList;
import java.util.List;

/**
 * The few hues of one image, each in many shades. In photographs luminance varies most and colours
 * keep near few hues of little saturation; a share of images is grey.
 */
final class Palette {

  private static final double GREY_SHARE = 0.15;
  private static final double VIVID_SHARE = 0.25;

  /** Hues in turns from red over green and blue. */
  private static final double WARM = 0.09;

  private static final double GREEN = 0.25;
  private static final double BLUE = 0.58;

  private final List<Colour> hues;

  private Palette(List<Colour> hues) {
    this.hues = hues;
  }

  static Palette draw(Dice dice) {
    List<Colour> hues = new ArrayList<>();
    int count = dice.count(1, 5);
    boolean grey = dice.chance(GREY_SHARE);
    double most = dice.chance(VIVID_SHARE) ? 1 : 0.7;
    for (int i = 0; i < count; i++) {
      double saturation = grey ? 0 : most * dice.between(0.25, 1);
      hues.add(hue(turns(dice), saturation));
    }
    return new Palette(hues);
  }

  /** One of the hues in a shade of its own, a little off. */
  Colour colour(Dice dice) {
    return shade(dice, dice.chance(0.5) ? dice.scaled(0.04, 1) : dice.between(0.03, 1));
  }

  /** One of the hues, so bright, a little off. */
  Colour shade(Dice dice, double luma) {
    Colour hue = dice.pick(hues);
    double strength = dice.between(0.6, 1.3);
    Colour off = new Colour(dice.bell(), dice.bell(), dice.bell()).times(0.02 * chroma(hue));
    Colour tinted = hue.minus(Colour.grey(1)).times(strength).plus(Colour.grey(1)).plus(off);
    return tinted.times(luma / Math.max(0.2, tinted.luma()));
  }

  /** A difference of colours without luminance, as strong as the hues are saturated. */
  Colour tint(Dice dice) {
    Colour hue = dice.pick(hues);
    return hue.minus(Colour.grey(hue.luma()));
  }

  /** Mostly earth and skin, some leaves and sky, seldom anything else. */
  private static double turns(Dice dice) {
    double choice = dice.between(0, 1);
    if (choice < 0.6) {
      return WARM + 0.05 * dice.bell();
    }
    if (choice < 0.72) {
      return GREEN + 0.05 * dice.bell();
    }
    return choice < 0.9 ? BLUE + 0.05 * dice.bell() : dice.between(0, 1);
  }

  private static double chroma(Colour hue) {
    return Math.max(hue.red(), Math.max(hue.green(), hue.blue()))
        - Math.min(hue.red(), Math.min(hue.green(), hue.blue()));
  }

  private static Colour hue(double turns, double saturation) {
    return new Colour(
        1 - saturation * (0.5 - 0.5 * Wave.sine(turns + 0.25)),
        1 - saturation * (0.5 - 0.5 * Wave.sine(turns - 1.0 / 3 + 0.25)),
        1 - saturation * (0.5 - 0.5 * Wave.sine(turns + 1.0 / 3 + 0.25)));
  }
}
