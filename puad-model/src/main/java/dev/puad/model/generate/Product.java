package dev.puad.model.generate;

/**
 * A texture where another lets it show: chequers, and the uneven contrast that makes the
 * differences of photographs heavy-tailed.
 */
record Product(Texture texture, Texture strength) implements Texture {

  @Override
  public double at(double x, double y) {
    double factor = strength.at(x, y);
    return texture.at(x, y) * factor;
  }
}
