package dev.puad.model.generate;

/** An outline about the origin, in pixels. */
interface Shape {

  /** About how far a point is outside, negative inside. */
  double distance(double x, double y);

  /** No point of the shape is farther from the origin. */
  double reach();
}
