package dev.puad.model.generate;

/** A rectangle by its half sides, with corners rounded by a radius up to the smaller of them. */
record Bar(double across, double down, double corner) implements Shape {

  @Override
  public double distance(double x, double y) {
    double dx = Math.abs(x) - across + corner;
    double dy = Math.abs(y) - down + corner;
    double outX = Math.max(dx, 0);
    double outY = Math.max(dy, 0);
    return Math.sqrt(outX * outX + outY * outY) + Math.min(Math.max(dx, dy), 0) - corner;
  }
}
