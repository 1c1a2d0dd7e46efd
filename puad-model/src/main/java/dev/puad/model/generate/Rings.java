package dev.puad.model.generate;

/**
 * Rings about a far or near centre, as in wood, turned metal and ripples.
 *
 * @param frame its coordinates count rings
 * @param sharpness 1 sinusoidal, 10 square
 */
record Rings(Frame frame, double sharpness) implements Texture {

  @Override
  public double at(double x, double y) {
    double u = frame.across(x, y);
    double v = frame.down(x, y);
    return Wave.clamp(sharpness * Wave.sine(Math.sqrt(u * u + v * v)), -1, 1);
  }
}
