package dev.puad.model.generate;

/**
 * What two discs share, pointed at both ends: leaves, eyes, scales.
 *
 * @param radius of the discs
 * @param apart half the distance of their middles
 */
record Lens(double radius, double apart) implements Shape {

  @Override
  public double distance(double x, double y) {
    double away = Math.abs(y) + apart;
    return Math.sqrt(x * x + away * away) - radius;
  }

  @Override
  public double across() {
    return Math.sqrt(radius * radius - apart * apart);
  }

  @Override
  public double down() {
    return radius - apart;
  }
}
