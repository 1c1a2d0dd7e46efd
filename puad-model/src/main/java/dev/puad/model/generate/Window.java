package dev.puad.model.generate;

/**
 * The pixels about a shape: its box in its own coordinates, turned as it is.
 *
 * @param frame without stretching
 * @param margin beyond the box in pixels
 */
record Window(Shape shape, Frame frame, double margin) {

  /** The rows that the box reaches. */
  Span rows(int side) {
    double across = shape.across() + margin;
    double down = shape.down() + margin;
    // The frame's matrix is a rotation, so that its transpose is its inverse.
    Frame.Axis a = frame.across();
    Frame.Axis d = frame.down();
    double middle = -(a.row() * a.start() + d.row() * d.start());
    double reach = Math.abs(a.row()) * across + Math.abs(d.row()) * down;
    return Span.of(middle - reach, middle + reach, side);
  }

  /** The columns of a row within the box. */
  Span columns(int row, int side) {
    Span first = slab(frame.across(), row, shape.across() + margin, side);
    Span second = slab(frame.down(), row, shape.down() + margin, side);
    return new Span(Math.max(first.first(), second.first()), Math.min(first.last(), second.last()));
  }

  /** Where a coordinate is within a reach of 0. */
  private static Span slab(Frame.Axis axis, int row, double reach, int side) {
    double offset = axis.at(0, row);
    double slope = axis.column();
    if (Math.abs(slope) < 1e-9) {
      return Math.abs(offset) <= reach ? new Span(0, side - 1) : new Span(0, -1);
    }
    double one = (-reach - offset) / slope;
    double other = (reach - offset) / slope;
    return Span.of(Math.min(one, other), Math.max(one, other), side);
  }
}
