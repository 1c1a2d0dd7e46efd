package dev.puad.model.generate;

/**
 * The cells about scattered points (Worley, "A Cellular Texture Basis Function", 1996): cobbles,
 * skin, foam, cracked glaze, spots.
 *
 * @param frame its coordinates count cells
 * @param scatter 0 a square grid, 1 no grid at all
 */
record Cells(Frame frame, Points points, double scatter, Look look) implements Texture {

  /** What is seen of a cell. */
  enum Look {
    /** One value a cell. */
    FLAT,
    /** Bright cells, dark joints. */
    JOINTS,
    /** Cells as domes. */
    DOMES,
    /** Round spots of different sizes, apart from each other. */
    SPOTS
  }

  @Override
  public double at(double x, double y) {
    double u = frame.across(x, y);
    double v = frame.down(x, y);
    int column = (int) Math.floor(u);
    int row = (int) Math.floor(v);
    double nearest = Double.MAX_VALUE;
    double second = Double.MAX_VALUE;
    int cell = 0;
    for (int j = row - 1; j <= row + 1; j++) {
      for (int i = column - 1; i <= column + 1; i++) {
        int index = points.index(i, j);
        double dx = i + 0.5 + scatter * points.x(index) - u;
        double dy = j + 0.5 + scatter * points.y(index) - v;
        double square = dx * dx + dy * dy;
        if (square < nearest) {
          second = nearest;
          nearest = square;
          cell = index;
        } else if (square < second) {
          second = square;
        }
      }
    }
    double value = points.value(cell);
    return switch (look) {
      case FLAT -> 2 * value - 1;
      case JOINTS -> Wave.clamp(12 * (Math.sqrt(second) - Math.sqrt(nearest)) - 1, -1, 1);
      case DOMES -> 1 - 2 * Math.min(1, nearest);
      case SPOTS -> Wave.clamp(10 * (0.1 + 0.3 * value - Math.sqrt(nearest)), -1, 1);
    };
  }
}
