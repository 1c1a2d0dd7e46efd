package dev.puad.model.generate;

/** The square picture while it is drawn: three planes of side x side values, row by row. */
final class Canvas {

  private final int side;
  private final float[] red;
  private final float[] green;
  private final float[] blue;

  Canvas(int side) {
    this.side = side;
    red = new float[side * side];
    green = new float[side * side];
    blue = new float[side * side];
  }

  int side() {
    return side;
  }

  /** Red, green, blue; may be written to. */
  float[][] planes() {
    return new float[][] {red, green, blue};
  }

  /** Puts a colour over a pixel's. */
  void blend(int pixel, Colour colour, double cover) {
    blend(pixel, colour.red(), colour.green(), colour.blue(), cover);
  }

  void blend(int pixel, double r, double g, double b, double cover) {
    red[pixel] += (float) ((r - red[pixel]) * cover);
    green[pixel] += (float) ((g - green[pixel]) * cover);
    blue[pixel] += (float) ((b - blue[pixel]) * cover);
  }

  /** Brightens or darkens a pixel. */
  void light(int pixel, double factor) {
    red[pixel] *= (float) factor;
    green[pixel] *= (float) factor;
    blue[pixel] *= (float) factor;
  }

  void fill(Paint paint) {
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        paint.lay(this, y * side + x, x, y, 1, 1);
      }
    }
  }
}
