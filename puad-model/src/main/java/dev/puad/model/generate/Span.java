package dev.puad.model.generate;

/** Rows or columns, both ends included; none where the last is before the first. */
record Span(int first, int last) {

  /** The pixels between two bounds that an image has. */
  static Span of(double least, double most, int side) {
    return new Span(
        (int) Math.ceil(Math.max(0, least)), (int) Math.floor(Math.min(side - 1, most)));
  }
}
