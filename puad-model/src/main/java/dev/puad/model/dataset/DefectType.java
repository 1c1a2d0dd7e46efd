package dev.puad.model.dataset;

import java.io.Serializable;

/**
 * A kind of defect and how much of it must be found for full marks (LOCO paper, section 3.4).
 *
 * @param name as the data set spells it
 * @param pixelValue its value in ground-truth masks, 1 to 255
 * @param saturation how the threshold is to be read
 * @param threshold pixels (a whole number, at least 1) or the fraction of a region's area in (0, 1]
 */
public record DefectType(String name, int pixelValue, Saturation saturation, double threshold)
    implements Serializable {

  /** What a saturation threshold counts. */
  public enum Saturation {
    /** Pixels at the image's native size. */
    ABSOLUTE,
    /** A fraction of the region. */
    RELATIVE
  }

  /**
   * The number of pixels that saturate a region: min(threshold, area), or the fraction of the area
   * rounded down. At least 1, because a tiny region of a relative type would otherwise divide by 0.
   *
   * @param area the region's pixels, at least 1
   */
  public int saturation(int area) {
    return switch (saturation) {
      case ABSOLUTE -> (int) Math.min(threshold, area);
      case RELATIVE -> Math.max(1, (int) (threshold * area));
    };
  }
}
