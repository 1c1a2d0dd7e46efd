package dev.puad.model.generate;

/**
 * Light on a leaf: shading tells depth in photographs, and makes gradients inside outlines.
 *
 * @param sun where light comes from, a direction of length 1
 * @param slope a plane's brightness from one side to the other, 0 to 1
 * @param dome a ball's shading, 0 to 1
 * @param gloss brightness of the ball's highlight
 * @param rim width of a bevel in pixels, 0 for none
 */
record Relief(Frame.Axis sun, double slope, double dome, double gloss, double rim) {

  static final Relief NONE = new Relief(new Frame.Axis(0, -1, 0), 0, 0, 0, 0);

  private static final double RIM_STRENGTH = 0.4;

  static Relief draw(Setting setting, double radius) {
    Dice dice = setting.dice();
    boolean round = dice.chance(0.35);
    return new Relief(
        setting.sun(),
        dice.chance(0.5) ? dice.between(0, 0.6) : 0,
        round ? dice.between(0.2, 1) : 0,
        round && dice.chance(0.4) ? dice.between(0.2, 1.5) : 0,
        dice.chance(0.15) ? dice.scaled(1, Math.max(1.5, radius / 4)) : 0);
  }

  /**
   * The factor on a leaf's colour.
   *
   * @param x column from the middle, in radii
   * @param y row from the middle, in radii
   * @param distance from the outline in pixels, negative inside
   */
  double light(double x, double y, double distance) {
    double toSun = sun.at(x, y);
    double light = 1 + slope * toSun;
    if (dome > 0) {
      double facing = 0.6 * toSun + 0.8 * Math.sqrt(Math.max(0, 1 - x * x - y * y));
      light *= 1 + dome * (Math.max(0, facing) - 0.7);
      double shine = Math.max(0, facing * facing);
      double spot = shine * shine * shine * shine;
      light += gloss * spot * spot;
    }
    if (rim > 0 && distance > -rim) {
      light *= 1 + (toSun > 0 ? RIM_STRENGTH : -RIM_STRENGTH) * Math.min(1, 2 * Math.abs(toSun));
    }
    return Math.max(0, light);
  }
}
