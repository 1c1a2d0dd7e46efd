package dev.puad.model.generate;

/**
 * Stripes.
 *
 * @param frame its first coordinate counts periods
 * @param sharpness 1 sinusoidal, 10 square
 * @param level the larger, the thinner the bright stripes
 */
record Grating(Frame frame, double sharpness, double level) implements Texture {

  @Override
  public double at(double x, double y) {
    return Wave.clamp(sharpness * (Wave.sine(frame.across(x, y)) - level), -1, 1);
  }
}
