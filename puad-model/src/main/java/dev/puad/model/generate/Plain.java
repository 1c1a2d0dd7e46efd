package dev.puad.model.generate;

/** No texture: 0 everywhere. */
enum Plain implements Texture {
  PLAIN;

  @Override
  public double at(double x, double y) {
    return 0;
  }
}
