package dev.puad.model.generate;

/**
 * How a leaf ends.
 *
 * @param softness width of the slope from leaf to ground in pixels; 1 is as hard as pixels allow
 * @param outline width of a line along the inside in pixels, 0 for none
 * @param line colour of the outline
 * @param shadow how dark the shadow on what lies below is, 0 for none to 1
 * @param opacity how much of what lies below the leaf hides, 0 to 1
 */
record Edge(double softness, double outline, Colour line, double shadow, double opacity) {

  private static final double OUTLINED_SHARE = 0.12;
  private static final double SOFT_SHARE = 0.3;

  static Edge draw(Setting setting, double radius, double shadowed) {
    Dice dice = setting.dice();
    double softness = dice.chance(SOFT_SHARE) ? dice.scaled(1, Math.max(1.5, radius)) : 1.2;
    boolean outlined = dice.chance(OUTLINED_SHARE);
    return new Edge(
        softness,
        outlined ? dice.scaled(1, Math.max(1.5, radius / 4)) : 0,
        outlined ? setting.palette().colour(dice) : Colour.NONE,
        dice.chance(shadowed) ? dice.between(0.1, 0.7) : 0,
        1);
  }

  /** How much of a pixel at a distance outside the outline the leaf covers. */
  double cover(double distance) {
    return opacity * Wave.clamp(0.5 - distance / softness, 0, 1);
  }

  /** How much of a pixel at a distance outside the line covers. */
  double lineCover(double distance) {
    return Wave.clamp(distance + outline, 0, 1);
  }
}
