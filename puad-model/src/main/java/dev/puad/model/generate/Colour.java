package dev.puad.model.generate;

/** A colour, or a difference of two: red, green and blue, 0 black and 1 white. */
record Colour(double red, double green, double blue) {

  static final Colour NONE = new Colour(0, 0, 0);

  static Colour grey(double value) {
    return new Colour(value, value, value);
  }

  Colour times(double factor) {
    return new Colour(red * factor, green * factor, blue * factor);
  }

  Colour plus(Colour other) {
    return new Colour(red + other.red, green + other.green, blue + other.blue);
  }

  Colour minus(Colour other) {
    return plus(other.times(-1));
  }

  /** Rec. 601 luma. */
  double luma() {
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  }
}
