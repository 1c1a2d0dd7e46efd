package dev.puad.model.generate;

/**
 * A value of its own for each cell of a fine grid: sand, sensor noise, salt and pepper.
 *
 * @param frame its coordinates count cells
 * @param density the share of cells that differ from 0
 */
record Speckles(Frame frame, long salt, double density) implements Texture {

  @Override
  public double at(double x, double y) {
    int column = (int) Math.floor(frame.across(x, y));
    int row = (int) Math.floor(frame.down(x, y));
    double hash = Dice.hash(salt, column, row);
    return hash < density ? 2 * hash / density - 1 : 0;
  }
}
