package dev.puad.model.generate;

/**
 * A shape repeated: bricks, tiles, dots, mesh, weave.
 *
 * @param frame its coordinates count pixels along and across the rows
 * @param width of a repeat in pixels
 * @param height of a row in pixels
 * @param shift of each row against the one before, in repeats
 */
record Motif(Frame frame, Shape shape, double width, double height, double shift)
    implements Texture {

  @Override
  public double at(double x, double y) {
    double rows = frame.down(x, y) / height;
    double row = Math.floor(rows);
    double repeats = frame.across(x, y) / width + shift * row;
    double u = (repeats - Math.floor(repeats) - 0.5) * width;
    double v = (rows - row - 0.5) * height;
    return Wave.clamp(-shape.distance(u, v), -1, 1);
  }
}
