package dev.puad.model.generate;

/** A shape less another at a place: rings, nuts, crescents, notches. */
record Holed(Shape shape, Shape hole, double x, double y) implements Shape {

  @Override
  public double distance(double u, double v) {
    return Math.max(shape.distance(u, v), -hole.distance(u - x, v - y));
  }

  @Override
  public double across() {
    return shape.across();
  }

  @Override
  public double down() {
    return shape.down();
  }
}
