package dev.puad.model.metric;

import dev.puad.model.BadInputException;
import java.util.Arrays;

/**
 * What the images of one group have in each bin. All are whole numbers, so that no order of adding
 * or merging changes a bit of them.
 */
final class PixelTally implements Merging<PixelTally> {

  private static final long serialVersionUID = 1L;

  /** A region's overlap of 1, which makes it exact to 3e-14. */
  static final long WHOLE_OVERLAP = 1L << 44;

  /** More could not be summed up: half a million. */
  static final long MOST_REGIONS = Long.MAX_VALUE / WHOLE_OVERLAP;

  /** Null where no bin has any. */
  private long[] defectFree;

  private long[] defective;
  private long[] rises;

  private final int bins;
  private long defectFreePixels;
  private long defectivePixels;
  private long regions;

  PixelTally(int bins) {
    this.bins = bins;
  }

  /** Adds the number of an image's defect-free pixels in each bin. */
  void addDefectFree(int[] counts) {
    defectFree = allocated(defectFree);
    defectFreePixels += add(counts, defectFree);
  }

  /** Adds the number of an image's pixels in any region, in each bin. */
  void addDefective(int[] counts) {
    defective = allocated(defective);
    defectivePixels += add(counts, defective);
  }

  /** Adds a region, whose overlap rises by {@code amounts[i]} in {@code risingBins[i]}. */
  void addRegion(int[] risingBins, long[] amounts, int count) {
    regions = withinMost(regions + 1);
    rises = allocated(rises);
    for (int i = 0; i < count; i++) {
      rises[risingBins[i]] += amounts[i];
    }
  }

  @Override
  public PixelTally mergeWith(PixelTally other) {
    if (other.bins != bins) {
      throw new IllegalArgumentException(
          "Cannot merge tallies of %d and %d bins.".formatted(bins, other.bins));
    }
    regions = withinMost(regions + other.regions);
    defectFree = sum(defectFree, other.defectFree);
    defective = sum(defective, other.defective);
    rises = sum(rises, other.rises);
    defectFreePixels += other.defectFreePixels;
    defectivePixels += other.defectivePixels;
    return this;
  }

  long defectFree(int bin) {
    return defectFree == null ? 0 : defectFree[bin];
  }

  long defective(int bin) {
    return defective == null ? 0 : defective[bin];
  }

  /** The rise of the sum of overlaps in a bin, in units of {@link #WHOLE_OVERLAP}. */
  long rise(int bin) {
    return rises == null ? 0 : rises[bin];
  }

  long defectFreePixels() {
    return defectFreePixels;
  }

  long defectivePixels() {
    return defectivePixels;
  }

  long regions() {
    return regions;
  }

  /** The number of bytes that a bin of this tally takes. */
  int bytesPerBin() {
    int arrays = 0;
    for (long[] counts : Arrays.asList(defectFree, defective, rises)) {
      arrays += counts == null ? 0 : 1;
    }
    return Long.BYTES * arrays;
  }

  /**
   * The same number of regions.
   *
   * @throws BadInputException if overlaps of so many cannot be summed up
   */
  static long withinMost(long regions) {
    if (regions > MOST_REGIONS) {
      throw new BadInputException(
          "Cannot measure %d ground truth regions at once: at most %d. Evaluate fewer images, or join the specks of their masks."
              .formatted(regions, MOST_REGIONS));
    }
    return regions;
  }

  private long[] allocated(long[] counts) {
    return counts == null ? new long[bins] : counts;
  }

  private static long add(int[] counts, long[] into) {
    long total = 0;
    for (int i = 0; i < into.length; i++) {
      into[i] += counts[i];
      total += counts[i];
    }
    return total;
  }

  private static long[] sum(long[] left, long[] right) {
    if (right == null) {
      return left;
    }
    if (left == null) {
      return right.clone();
    }
    for (int i = 0; i < left.length; i++) {
      left[i] += right[i];
    }
    return left;
  }
}
