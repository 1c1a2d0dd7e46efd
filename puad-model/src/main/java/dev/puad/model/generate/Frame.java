package dev.puad.model.generate;

/**
 * An affine map from pixels to the coordinates of a shape or texture.
 *
 * @param across how the first coordinate grows with a column, with a row, and where it starts
 * @param down the same of the second coordinate
 */
record Frame(Axis across, Axis down) {

  /** One coordinate: column x + row y + start. */
  record Axis(double column, double row, double start) {

    double at(double x, double y) {
      return column * x + row * y + start;
    }

    private Axis moved(double right, double down) {
      return new Axis(column, row, start - column * right - row * down);
    }
  }

  /** Turned about (x, y), which becomes the origin; lengths stay pixels. */
  static Frame placed(double x, double y, double turns) {
    double right = Wave.sine(turns + 0.25);
    double below = Wave.sine(turns);
    // The two are near a cosine and sine; a rotation keeps lengths exactly.
    double length = Math.sqrt(right * right + below * below);
    double cosine = right / length;
    double sine = below / length;
    return new Frame(
        new Axis(cosine, sine, -cosine * x - sine * y),
        new Axis(-sine, cosine, sine * x - cosine * y));
  }

  /** Turned at random, with one unit of the coordinates as long as so many pixels. */
  static Frame random(Dice dice, double acrossPixels, double downPixels) {
    Frame turned = placed(0, 0, dice.between(0, 1));
    return new Frame(
        scaled(turned.across, 1 / acrossPixels, dice.between(0, 1000)),
        scaled(turned.down, 1 / downPixels, dice.between(0, 1000)));
  }

  /** The same place and turn, with one unit as long as so many of this frame's. */
  Frame shrunk(double acrossUnits, double downUnits) {
    return new Frame(
        scaled(across, 1 / acrossUnits, across.start / acrossUnits),
        scaled(down, 1 / downUnits, down.start / downUnits));
  }

  /** The same turn, the origin so many pixels further. */
  Frame moved(double right, double down) {
    return new Frame(across.moved(right, down), this.down.moved(right, down));
  }

  private static Axis scaled(Axis axis, double factor, double start) {
    return new Axis(axis.column * factor, axis.row * factor, start);
  }

  double across(double x, double y) {
    return across.at(x, y);
  }

  double down(double x, double y) {
    return down.at(x, y);
  }
}
