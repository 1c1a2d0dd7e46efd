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
    Window window = Window.around(x, y, radius + edge.softness(), canvas.side());
    for (int row = window.top(); row <= window.bottom(); row++) {
      for (int column = window.left(); column <= window.right(); column++) {
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
    double right = -length * relief.sun().column();
    double down = -length * relief.sun().row();
    double blur = 1 + length;
    Window window = Window.around(x + right, y + down, shape.reach() + blur, canvas.side());
    for (int row = window.top(); row <= window.bottom(); row++) {
      for (int column = window.left(); column <= window.right(); column++) {
        double u = frame.across(column - right, row - down);
        double v = frame.down(column - right, row - down);
        double shade = Wave.clamp(0.5 - shape.distance(u, v) / blur, 0, 1);
        canvas.light(row * canvas.side() + column, 1 - edge.shadow() * shade);
      }
    }
  }

  /** The pixels of a square that a canvas has, both ends included; none where right < left. */
  private record Window(int left, int right, int top, int bottom) {

    static Window around(double x, double y, double reach, int side) {
      return new Window(
          Math.max(0, (int) Math.floor(x - reach)),
          Math.min(side - 1, (int) Math.ceil(x + reach)),
          Math.max(0, (int) Math.floor(y - reach)),
          Math.min(side - 1, (int) Math.ceil(y + reach)));
    }
  }
}
