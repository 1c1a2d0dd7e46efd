package dev.puad.model.generate;

/** A texture seen through uneven glass: gratings become marble, rings wood, cells leather. */
record Warped(Texture texture, Texture right, Texture down, double pixels) implements Texture {

  @Override
  public double at(double x, double y) {
    return texture.at(x + pixels * right.at(x, y), y + pixels * down.at(x, y));
  }
}
