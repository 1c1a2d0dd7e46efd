package dev.puad.model.generate;

/**
 * A shape with an uneven outline: pebbles, clouds, crumbs, chipped edges.
 *
 * @param depth how far the outline strays, in pixels for each unit of the noise
 */
record Ragged(Shape shape, Texture noise, double depth) implements Shape {

  /** No noise is farther from 0: six deviations. */
  private static final double MOST_NOISE = 3;

  @Override
  public double distance(double x, double y) {
    return shape.distance(x, y) + depth * Wave.clamp(noise.at(x, y), -MOST_NOISE, MOST_NOISE);
  }

  @Override
  public double across() {
    return shape.across() + MOST_NOISE * depth;
  }

  @Override
  public double down() {
    return shape.down() + MOST_NOISE * depth;
  }
}
