package dev.puad.model.generate;

import java.util.Arrays;

/**
 * A polygon with corners on rays from the origin, so that it contains it: regular, torn or a star.
 */
final class Polygon implements Shape {

  private final double[] xs;
  private final double[] ys;
  private final double across;
  private final double down;

  private Polygon(double[] xs, double[] ys) {
    this.xs = xs;
    this.ys = ys;
    across = farthest(xs);
    down = farthest(ys);
  }

  /** A regular polygon within a radius. */
  static Polygon regular(int corners, double radius) {
    double[] radii = new double[corners];
    Arrays.fill(radii, radius);
    return within(radii, 0, new double[corners]);
  }

  /** A star: every other corner at an inner radius. */
  static Polygon star(int points, double radius, double inner) {
    double[] radii = new double[2 * points];
    for (int i = 0; i < radii.length; i++) {
      radii[i] = i % 2 == 0 ? radius : inner;
    }
    return within(radii, 0, new double[radii.length]);
  }

  /** An uneven polygon within a radius. */
  static Polygon uneven(int corners, double radius, Dice dice) {
    double[] radii = new double[corners];
    double[] turns = new double[corners];
    for (int i = 0; i < corners; i++) {
      radii[i] = radius * dice.between(0.45, 1);
      turns[i] = dice.between(-0.4, 0.4) / corners;
    }
    return within(radii, dice.between(0, 1), turns);
  }

  private static Polygon within(double[] radii, double start, double[] turns) {
    int corners = radii.length;
    double[] xs = new double[corners];
    double[] ys = new double[corners];
    for (int i = 0; i < corners; i++) {
      double turn = start + (double) i / corners + turns[i];
      xs[i] = radii[i] * Wave.sine(turn + 0.25);
      ys[i] = radii[i] * Wave.sine(turn);
    }
    return new Polygon(xs, ys);
  }

  @Override
  public double distance(double x, double y) {
    double nearest = Double.MAX_VALUE;
    boolean inside = false;
    for (int i = 0, last = xs.length - 1; i < xs.length; last = i, i++) {
      double edgeX = xs[last] - xs[i];
      double edgeY = ys[last] - ys[i];
      double dx = x - xs[i];
      double dy = y - ys[i];
      double along = Wave.clamp((dx * edgeX + dy * edgeY) / (edgeX * edgeX + edgeY * edgeY), 0, 1);
      double awayX = dx - along * edgeX;
      double awayY = dy - along * edgeY;
      nearest = Math.min(nearest, awayX * awayX + awayY * awayY);
      if (ys[i] > y != ys[last] > y && x < xs[i] + edgeX * (y - ys[i]) / edgeY) {
        inside = !inside;
      }
    }
    return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
  }

  @Override
  public double across() {
    return across;
  }

  @Override
  public double down() {
    return down;
  }

  private static double farthest(double[] coordinates) {
    double farthest = 0;
    for (double coordinate : coordinates) {
      farthest = Math.max(farthest, Math.abs(coordinate));
    }
    return farthest;
  }
}
