package dev.puad.model.dataset;

import java.util.random.RandomGenerator;

/**
 * The pixels within a distance of a pixel.
 *
 * @param x column of the centre
 * @param y row of the centre
 * @param radius in pixels; the disc is 2 radius + 1 pixels wide
 */
record Disc(int x, int y, int radius) {

  /** A disc uniformly placed wholly inside a square image. */
  static Disc inside(int size, int radius, RandomGenerator random) {
    int positions = size - 2 * radius;
    return new Disc(radius + random.nextInt(positions), radius + random.nextInt(positions), radius);
  }

  boolean contains(int column, int row) {
    int dx = column - x;
    int dy = row - y;
    return dx * dx + dy * dy <= radius * radius;
  }

  /** Whether the two share a point; discs that merely touch do. */
  boolean overlaps(Disc other) {
    int dx = other.x - x;
    int dy = other.y - y;
    int reach = radius + other.radius;
    return dx * dx + dy * dy <= reach * reach;
  }

  /** The number of pixels, wherever the disc lies. */
  static int area(int radius) {
    Disc disc = new Disc(radius, radius, radius);
    int area = 0;
    for (int row = 0; row <= 2 * radius; row++) {
      for (int column = 0; column <= 2 * radius; column++) {
        area += disc.contains(column, row) ? 1 : 0;
      }
    }
    return area;
  }
}
