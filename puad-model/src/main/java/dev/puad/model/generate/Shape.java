package dev.puad.model.generate;

/** An outline about the origin, in pixels. */
interface Shape {

  /** About how far a point is outside, negative inside. */
  double distance(double x, double y);

  /** No point of the shape has a first coordinate farther from 0. */
  double across();

  /** No point of the shape has a second coordinate farther from 0. */
  double down();

  /** The shape's radius. */
  default double reach() {
    return Math.max(across(), down());
  }
}
