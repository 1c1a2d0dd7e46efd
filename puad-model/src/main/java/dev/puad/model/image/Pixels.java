package dev.puad.model.image;

/** What every pixel buffer must satisfy. */
final class Pixels {

  private Pixels() {}

  static void checkLength(int width, int height, int channels, int length) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "Cannot make an image of %d x %d pixels, both must be positive."
              .formatted(width, height));
    }
    long expected = (long) width * height * channels;
    if (length != expected) {
      throw new IllegalArgumentException(
          "Cannot make an image of %d x %d x %d from %d values, it needs %d."
              .formatted(width, height, channels, length, expected));
    }
  }
}
