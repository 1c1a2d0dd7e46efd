package dev.puad.model.generate;

/**
 * Lines where noise passes 0: veins, cracks, crazing.
 *
 * @param sharpness the larger, the thinner
 */
record Veins(Texture noise, double sharpness) implements Texture {

  @Override
  public double at(double x, double y) {
    return 1 - 2 * Math.min(1, sharpness * Math.abs(noise.at(x, y)));
  }
}
