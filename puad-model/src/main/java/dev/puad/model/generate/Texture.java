package dev.puad.model.generate;

/** A value at each point, about -1 to 1. */
interface Texture {

  /** At x pixels to the right and y down of the origin of whatever wears the texture. */
  double at(double x, double y);
}
