package dev.puad.model.dataset;

import dev.puad.model.BadInputException;
import dev.puad.model.image.GreyImage;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One annotated region of an anomalous image, over which sPRO is measured (LOCO paper, section
 * 3.3): a defect that counts once, however large.
 *
 * @param defect the name of its defect type
 * @param runs its pixels, as flat indices (row times width plus column): from the first (inclusive)
 *     to the second (exclusive), from the third to the fourth, and so on, ascending, at least one
 *     pixel
 * @param saturation how many of the pixels must be found for full marks, from 1 to all of them
 */
public record GroundTruthRegion(String defect, int[] runs, int saturation) implements Serializable {

  public GroundTruthRegion {
    if (runs.length == 0 || runs.length % 2 != 0) {
      throw new IllegalArgumentException(
          "%d bounds make no runs: each has two, and a region has at least one run."
              .formatted(runs.length));
    }
    int end = -1;
    for (int i = 0; i < runs.length; i += 2) {
      if (runs[i] <= end || runs[i + 1] <= runs[i]) {
        throw new IllegalArgumentException(
            "The run from %d to %d follows one to %d: runs must ascend and not touch."
                .formatted(runs[i], runs[i + 1], end));
      }
      end = runs[i + 1];
    }
    if (saturation < 1 || saturation > area(runs)) {
      throw new IllegalArgumentException(
          "Cannot saturate a region of %d pixels at %d: choose 1 to all of them."
              .formatted(area(runs), saturation));
    }
  }

  /**
   * A region by its pixels.
   *
   * @param pixels flat indices, strictly ascending
   */
  public static GroundTruthRegion ofPixels(String defect, int[] pixels, int saturation) {
    int[] runs = new int[2 * pixels.length];
    int size = 0;
    for (int pixel : pixels) {
      if (size > 0 && runs[size - 1] == pixel) {
        runs[size - 1]++;
      } else {
        runs[size++] = pixel;
        runs[size++] = pixel + 1;
      }
    }
    return new GroundTruthRegion(defect, Arrays.copyOf(runs, size), saturation);
  }

  /** The number of its pixels. */
  public int area() {
    return area(runs);
  }

  /** One more than its last pixel. */
  public int end() {
    return runs[runs.length - 1];
  }

  /**
   * The one region of a LOCO mask: its pixels that are not 0, which all have the value of one
   * defect type.
   *
   * @param name what to call the mask in an error
   * @throws BadInputException if the mask is empty, holds several values, or one that the
   *     configuration does not know
   */
  public static GroundTruthRegion ofLocoMask(String name, GreyImage mask, DefectsConfig config) {
    int[] pixels = marked(name, mask);
    int value = mask.value(pixels[0]);
    for (int pixel : pixels) {
      if (mask.value(pixel) != value) {
        throw new BadInputException(
            "Cannot read %s: it holds the values %d and %d. Draw each region into a mask of its own."
                .formatted(name, value, mask.value(pixel)));
      }
    }
    DefectType type =
        config
            .ofPixelValue(value)
            .orElseThrow(
                () ->
                    new BadInputException(
                        "Cannot read %s: it holds the value %d, which is no pixel_value in %s. Add its defect type there, or correct the mask."
                            .formatted(name, value, config.source())));
    return ofPixels(type.name(), pixels, type.saturation(pixels.length));
  }

  /**
   * The regions of an MVTec AD mask: its components of touching pixels that are not 0, diagonals
   * included, each of which saturates at its own area. Ordered by their first pixel.
   *
   * @param name what to call the mask in an error
   * @param defect the folder of the image
   * @throws BadInputException if the mask is empty
   */
  public static List<GroundTruthRegion> ofMvtecMask(String name, GreyImage mask, String defect) {
    boolean[] left = new boolean[mask.pixels().length];
    int[] marked = marked(name, mask);
    for (int pixel : marked) {
      left[pixel] = true;
    }
    List<GroundTruthRegion> regions = new ArrayList<>();
    for (int pixel : marked) {
      if (left[pixel]) {
        int[] pixels = takeComponent(pixel, left, mask.width(), mask.height());
        regions.add(ofPixels(defect, pixels, pixels.length));
      }
    }
    return regions;
  }

  private static int area(int[] runs) {
    int area = 0;
    for (int i = 0; i < runs.length; i += 2) {
      area += runs[i + 1] - runs[i];
    }
    return area;
  }

  private static int[] marked(String name, GreyImage mask) {
    int[] pixels = new int[mask.pixels().length];
    int count = 0;
    for (int i = 0; i < pixels.length; i++) {
      if (mask.value(i) != 0) {
        pixels[count++] = i;
      }
    }
    if (count == 0) {
      throw new BadInputException(
          "Cannot read %s: no pixel is marked. Draw the region or delete the mask."
              .formatted(name));
    }
    return Arrays.copyOf(pixels, count);
  }

  private static int[] takeComponent(int seed, boolean[] left, int width, int height) {
    int[] component = new int[16];
    int size = 0;
    component[size++] = seed;
    left[seed] = false;
    for (int taken = 0; taken < size; taken++) {
      int x = component[taken] % width;
      int y = component[taken] / width;
      for (int ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (int nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          int neighbour = ny * width + nx;
          if (left[neighbour]) {
            left[neighbour] = false;
            component = size < component.length ? component : Arrays.copyOf(component, 2 * size);
            component[size++] = neighbour;
          }
        }
      }
    }
    int[] pixels = Arrays.copyOf(component, size);
    Arrays.sort(pixels);
    return pixels;
  }
}
