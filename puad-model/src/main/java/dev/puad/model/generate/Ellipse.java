package dev.puad.model.generate;

/** An ellipse by its half axes; a disc where they are equal. */
record Ellipse(double across, double down) implements Shape {

  @Override
  public double distance(double x, double y) {
    if (across == down) {
      return Math.sqrt(x * x + y * y) - across;
    }
    double u = x / across;
    double v = y / down;
    double length = Math.sqrt(u * u + v * v);
    double slope = Math.sqrt(u * u / (across * across) + v * v / (down * down));
    return slope == 0 ? -Math.min(across, down) : length * (length - 1) / slope;
  }
}
