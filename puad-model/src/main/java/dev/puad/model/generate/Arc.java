package dev.puad.model.generate;

/**
 * A part of a ring with round ends, its middle at the origin: twigs, hairs, handles, letters.
 *
 * @param radius of the ring's middle line in pixels
 * @param cosine of half the angle that the arc spans, at most half a circle
 * @param sine of the same
 * @param half the line's width
 */
record Arc(double radius, double cosine, double sine, double half) implements Shape {

  /** So many pixels long, of so many turns. */
  static Arc of(double length, double turns, double half) {
    double angle = Math.max(0.01, Math.min(0.5, turns));
    return new Arc(
        length / (2 * Math.PI * angle), Wave.sine(angle / 2 + 0.25), Wave.sine(angle / 2), half);
  }

  @Override
  public double distance(double x, double y) {
    double u = x + middle();
    double v = Math.abs(y);
    if (cosine * v < sine * u) {
      return Math.abs(Math.sqrt(u * u + v * v) - radius) - half;
    }
    double dx = u - radius * cosine;
    double dy = v - radius * sine;
    return Math.sqrt(dx * dx + dy * dy) - half;
  }

  @Override
  public double across() {
    return radius * (1 - cosine) / 2 + half;
  }

  @Override
  public double down() {
    return radius * sine + half;
  }

  private double middle() {
    return radius * (1 + cosine) / 2;
  }
}
