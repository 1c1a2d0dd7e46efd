package dev.puad.model.generate;

/** Two textures over each other: plaids, grain on stripes. */
record Sum(Texture first, Texture second, double share) implements Texture {

  @Override
  public double at(double x, double y) {
    return (1 - share) * first.at(x, y) + share * second.at(x, y);
  }
}
