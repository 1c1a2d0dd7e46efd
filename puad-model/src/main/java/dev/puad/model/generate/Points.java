package dev.puad.model.generate;

/** One random point in each square of a grid, on a torus: what cells grow around. */
final class Points {

  private static final int SIZE = 32;

  /** Places within the square, from -1/2 to 1/2, and a value from 0 to 1, of each point. */
  private final float[] xs = new float[SIZE * SIZE];

  private final float[] ys = new float[SIZE * SIZE];
  private final float[] values = new float[SIZE * SIZE];

  static Points draw(Dice dice) {
    Points points = new Points();
    for (int i = 0; i < SIZE * SIZE; i++) {
      points.xs[i] = (float) dice.between(-0.5, 0.5);
      points.ys[i] = (float) dice.between(-0.5, 0.5);
      points.values[i] = (float) dice.between(0, 1);
    }
    return points;
  }

  /** The index of a square's point; columns and rows repeat. */
  int index(int column, int row) {
    return (row & (SIZE - 1)) * SIZE + (column & (SIZE - 1));
  }

  float x(int index) {
    return xs[index];
  }

  float y(int index) {
    return ys[index];
  }

  float value(int index) {
    return values[index];
  }
}
