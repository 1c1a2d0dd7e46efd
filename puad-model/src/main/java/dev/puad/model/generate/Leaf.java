package dev.puad.model.generate;

/**
 * A thing that hides what lies below it.
 *
 * @param x column of its origin
 * @param y row of its origin
 * @param frame from pixels to its own coordinates
 */
record Leaf(Shape shape, double x, double y, Frame frame, Paint paint, Relief relief, Edge edge) {

  /** Shadows fall so far from the light, in radii, at most {@link #MOST_SHADOW} pixels. */
  private static final double SHADOW_LENGTH = 0.3;

  private static final double MOST_SHADOW = 8;

  static Leaf at(double x, double y, double turns, Shape shape, Paint paint, Edge edge) {
    return new Leaf(shape, x, y, Frame.placed(x, y, turns), paint, Relief.NONE, edge);
  }

  Leaf lit(Relief other) {
    return new Leaf(shape, x, y, frame, paint, other, edge);
  }

  void draw(Canvas canvas) {
    if (edge.shadow() > 0) {
      castShadow(canvas);
    }
    double radius = shape.reach();
    Window window = new Window(shape, frame, edge.softness());
    Span rows = window.rows(canvas.side());
    for (int row = rows.first(); row <= rows.last(); row++) {
      Span columns = window.columns(row, canvas.side());
      for (int column = columns.first(); column <= columns.last(); column++) {
        double u = frame.across(column, row);
        double v = frame.down(column, row);
        double distance = shape.distance(u, v);
        double cover = edge.cover(distance);
        if (cover > 0) {
          int pixel = row * canvas.side() + column;
          double light = relief.light((column - x) / radius, (row - y) / radius, distance);
          paint.lay(canvas, pixel, u, v, light, cover);
          if (edge.outline() > 0) {
            canvas.blend(pixel, edge.line(), cover * edge.lineCover(distance));
          }
        }
      }
    }
  }

  private void castShadow(Canvas canvas) {
    double length = Math.min(MOST_SHADOW, SHADOW_LENGTH * shape.reach());
    Frame shaded = frame.moved(-length * relief.sun().column(), -length * relief.sun().row());
    double blur = 1 + length;
    Window window = new Window(shape, shaded, blur);
    Span rows = window.rows(canvas.side());
    for (int row = rows.first(); row <= rows.last(); row++) {
      Span columns = window.columns(row, canvas.side());
      for (int column = columns.first(); column <= columns.last(); column++) {
        double u = shaded.across(column, row);
        double v = shaded.down(column, row);
        double shade = Wave.clamp(0.5 - shape.distance(u, v) / blur, 0, 1);
        canvas.light(row * canvas.side() + column, 1 - edge.shadow() * shade);
      }
    }
  }
}
