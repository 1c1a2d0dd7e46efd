package dev.puad.model.generate;

/**
 * Noise cut at a level: islands and lakes with contours of every scale, as stains, camouflage and
 * scale on steel.
 *
 * @param sharpness 1 soft, 20 as hard as an edge
 */
record Patches(Texture noise, double level, double sharpness) implements Texture {

  @Override
  public double at(double x, double y) {
    return Wave.clamp(sharpness * (noise.at(x, y) - level), -1, 1);
  }
}
