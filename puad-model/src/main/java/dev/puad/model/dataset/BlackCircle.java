package dev.puad.model.dataset;

import dev.puad.model.image.GreyImage;
import dev.puad.model.image.RgbImage;
import java.util.random.RandomGenerator;

/**
 * One image of the black-circle toy set (LOCO paper, Appendix A) with its ground truth.
 *
 * <p>A black circle of radius 16 lies at a random place wholly inside a bright image, whose
 * background is uniform in [247, 255] for each pixel and channel. A structural anomaly fills a
 * region of the circle with a colour; a logical one adds a second circle that does not overlap the
 * first. A Gaussian filter with σ = 1.5 smooths everything.
 *
 * <p>What the paper leaves open: the region is what a disc of radius 6 to 12, centred on a random
 * pixel of the circle, shares with it; the colour is uniform among those whose brightest channel is
 * at least 128, so that it is never close to black.
 *
 * @param image RGB, size x size
 * @param groundTruth size x size: {@link #COLOURED_REGION} on a structural anomaly's region, {@link
 *     #SECOND_CIRCLE} on both circles of a logical one, 0 elsewhere
 */
record BlackCircle(RgbImage image, GreyImage groundTruth) {

  static final int RADIUS = 16;

  /** Two circles find room next to each other from this size on, wherever the first lies. */
  static final int SMALLEST_SIZE = 6 * RADIUS;

  /** Pixel values in ground truths. */
  static final int SECOND_CIRCLE = 255;

  static final int COLOURED_REGION = 254;

  private static final double SIGMA = 1.5;
  private static final int DARKEST_BACKGROUND = 247;
  private static final int LEAST_REGION_RADIUS = 6;
  private static final int MOST_REGION_RADIUS = 12;
  private static final int LEAST_BRIGHTEST_CHANNEL = 128;

  /** Draws an image; the same random numbers give the same image. */
  static BlackCircle draw(AnomalyKind kind, int size, RandomGenerator random) {
    double[][] planes = background(size, random);
    byte[] truth = new byte[size * size];
    Disc circle = Disc.inside(size, RADIUS, random);
    int[] black = new int[RgbImage.CHANNELS];
    fill(planes, size, circle, circle, black);
    switch (kind) {
      case GOOD -> {}
      case STRUCTURAL -> {
        Disc region = regionWithin(circle, random);
        fill(planes, size, circle, region, colour(random));
        mark(truth, size, circle, region, COLOURED_REGION);
      }
      case LOGICAL -> {
        Disc second = apartFrom(circle, size, random);
        fill(planes, size, second, second, black);
        mark(truth, size, circle, circle, SECOND_CIRCLE);
        mark(truth, size, second, second, SECOND_CIRCLE);
      }
    }
    return new BlackCircle(smooth(planes, size), new GreyImage(size, size, truth));
  }

  private static double[][] background(int size, RandomGenerator random) {
    double[][] planes = new double[RgbImage.CHANNELS][size * size];
    for (double[] plane : planes) {
      for (int i = 0; i < plane.length; i++) {
        plane[i] = DARKEST_BACKGROUND + random.nextInt(256 - DARKEST_BACKGROUND);
      }
    }
    return planes;
  }

  private static Disc regionWithin(Disc circle, RandomGenerator random) {
    int radius = LEAST_REGION_RADIUS + random.nextInt(MOST_REGION_RADIUS - LEAST_REGION_RADIUS + 1);
    while (true) {
      int x = circle.x() - RADIUS + random.nextInt(2 * RADIUS + 1);
      int y = circle.y() - RADIUS + random.nextInt(2 * RADIUS + 1);
      if (circle.contains(x, y)) {
        return new Disc(x, y, radius);
      }
    }
  }

  private static Disc apartFrom(Disc circle, int size, RandomGenerator random) {
    while (true) {
      Disc second = Disc.inside(size, RADIUS, random);
      if (!second.overlaps(circle)) {
        return second;
      }
    }
  }

  private static int[] colour(RandomGenerator random) {
    while (true) {
      int red = random.nextInt(256);
      int green = random.nextInt(256);
      int blue = random.nextInt(256);
      if (Math.max(red, Math.max(green, blue)) >= LEAST_BRIGHTEST_CHANNEL) {
        return new int[] {red, green, blue};
      }
    }
  }

  /** Fills what two discs share, the first wholly inside the image. */
  private static void fill(double[][] planes, int size, Disc circle, Disc region, int[] colour) {
    for (int row = circle.y() - RADIUS; row <= circle.y() + RADIUS; row++) {
      for (int column = circle.x() - RADIUS; column <= circle.x() + RADIUS; column++) {
        if (circle.contains(column, row) && region.contains(column, row)) {
          for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
            planes[channel][row * size + column] = colour[channel];
          }
        }
      }
    }
  }

  private static void mark(byte[] truth, int size, Disc circle, Disc region, int value) {
    for (int row = circle.y() - RADIUS; row <= circle.y() + RADIUS; row++) {
      for (int column = circle.x() - RADIUS; column <= circle.x() + RADIUS; column++) {
        if (circle.contains(column, row) && region.contains(column, row)) {
          truth[row * size + column] = (byte) value;
        }
      }
    }
  }

  private static RgbImage smooth(double[][] planes, int size) {
    byte[] pixels = new byte[size * size * RgbImage.CHANNELS];
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      double[] blurred = GaussianBlur.blur(planes[channel], size, size, SIGMA);
      for (int i = 0; i < blurred.length; i++) {
        pixels[i * RgbImage.CHANNELS + channel] = (byte) Math.round(blurred[i]);
      }
    }
    return new RgbImage(size, size, pixels);
  }
}
