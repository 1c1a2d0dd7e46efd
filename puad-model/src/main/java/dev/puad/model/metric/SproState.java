package dev.puad.model.metric;

import dev.puad.model.BadInputException;
import dev.puad.model.stats.FloatOrder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The saturated per-region overlap (sPRO) of anomaly maps with ground truth (Bergmann et al.,
 * "Beyond Dents and Scratches", 2022, section 3.3), as a state that merges.
 *
 * <p>A pixel is found if its anomaly value is greater than the threshold. A region's overlap is
 * min(found pixels / saturation, 1), sPRO is its mean over all regions alike, and the false
 * positive rate is the share found of all defect-free pixels: those in no region, of good and of
 * anomalous images.
 *
 * <p>The state holds one histogram of the defect-free values and one for each region. Their bins
 * are the values' leading bits, so its size is bounded by bins, not by pixels, and bins are the
 * same however the images are split. The subsets of a category need one state each of the good, the
 * structural and the logical images, to be {@link #merged} as good + structural, good + logical,
 * and all three.
 */
public final class SproState implements Serializable {

  /** Every distinct value is a bin of its own: areas are exact, memory grows with the pixels. */
  public static final int EXACT_BITS = 32;

  /** Neighbouring bins are 2⁻¹⁵ of the value apart: 32,768 bins from a value to its double. */
  public static final int DEFAULT_BITS = 24;

  private static final long serialVersionUID = 1L;

  /** Sign, exponent and one more: with less, bins are wider than a factor of 2. */
  public static final int LEAST_BITS = 10;

  private record RegionTally(SortedTally values, double saturation) implements Serializable {}

  private final int bits;
  private final SortedTally defectFree = new SortedTally();

  /** Never changed once added, so states share them. */
  private final List<RegionTally> regions = new ArrayList<>();

  /** An empty state of {@link #DEFAULT_BITS}. */
  public SproState() {
    this(DEFAULT_BITS);
  }

  /**
   * An empty state.
   *
   * @param bits how many leading bits of a value tell it from others, from 10 to {@link
   *     #EXACT_BITS}
   * @throws IllegalArgumentException if bits is out of range
   */
  public SproState(int bits) {
    if (bits < LEAST_BITS || bits > EXACT_BITS) {
      throw new IllegalArgumentException(
          "Cannot tell values apart by %d bits: choose %d to %d."
              .formatted(bits, LEAST_BITS, EXACT_BITS));
    }
    this.bits = bits;
  }

  /**
   * A new state of all images of several states, which stay as they are.
   *
   * @throws IllegalArgumentException if there are none, or their bits differ
   */
  public static SproState merged(SproState... states) {
    if (states.length == 0) {
      throw new IllegalArgumentException("Nothing to merge.");
    }
    SproState all = new SproState(states[0].bits);
    for (SproState state : states) {
      all.mergeWith(state);
    }
    return all;
  }

  /**
   * Adds one image, and returns this state.
   *
   * @param map anomaly values, shape (height, width) in C order, at the ground truth's size
   * @param groundTruth the image's regions, which may overlap; none for a good image
   * @throws BadInputException if a value is NaN
   * @throws IllegalArgumentException if a region reaches beyond the map
   */
  public SproState addImage(float[] map, List<Region> groundTruth) {
    for (int i = 0; i < map.length; i++) {
      if (Float.isNaN(map[i])) {
        throw new BadInputException(
            "Cannot evaluate an anomaly map with NaN at pixel %d: score the image again."
                .formatted(i));
      }
    }
    for (Region region : groundTruth) {
      if (region.greatestPixel() >= map.length) {
        throw new IllegalArgumentException(
            "Pixel %d of a region is beyond a map of %d pixels."
                .formatted(region.greatestPixel(), map.length));
      }
    }
    BitSet defective = new BitSet(map.length);
    for (Region region : groundTruth) {
      int[] pixels = region.pixels();
      long[] bins = new long[pixels.length];
      for (int i = 0; i < pixels.length; i++) {
        bins[i] = bin(map[pixels[i]]);
        defective.set(pixels[i]);
      }
      regions.add(new RegionTally(SortedTally.of(bins), region.saturation()));
    }
    for (int pixel = defective.nextClearBit(0);
        pixel < map.length;
        pixel = defective.nextClearBit(pixel + 1)) {
      defectFree.add(bin(map[pixel]));
    }
    return this;
  }

  /**
   * Merges another state into this one, and returns this; the other's images stay as they are.
   *
   * @throws IllegalArgumentException if their bits differ
   */
  public SproState mergeWith(SproState other) {
    if (bits != other.bits) {
      throw new IllegalArgumentException(
          "A state of %d bits does not merge with one of %d bits.".formatted(bits, other.bits));
    }
    defectFree.mergeWith(other.defectFree);
    regions.addAll(other.regions);
    return this;
  }

  /** The number of defect-free pixels. */
  public long defectFreePixels() {
    return defectFree.total();
  }

  /** The number of ground truth regions. */
  public int regionCount() {
    return regions.size();
  }

  /** The curve; empty, being undefined, without a region or without a defect-free pixel. */
  public Optional<SproCurve> curve() {
    long defectFreePixels = defectFree.total();
    if (regions.isEmpty() || defectFreePixels == 0) {
      return Optional.empty();
    }
    long[] regionBins = regionBins();
    double[] rises = rises(regionBins);
    int i = defectFree.size() - 1;
    int j = regionBins.length - 1;
    double[] falsePositiveRates = new double[i + j + 3];
    double[] overlaps = new double[i + j + 3];
    int points = 1;
    long falsePositives = 0;
    double saturated = 0;
    while (i >= 0 || j >= 0) {
      long bin = Math.max(i < 0 ? -1 : defectFree.key(i), j < 0 ? -1 : regionBins[j]);
      if (i >= 0 && defectFree.key(i) == bin) {
        falsePositives += defectFree.count(i--);
      }
      if (j >= 0 && regionBins[j] == bin) {
        saturated += rises[j--];
      }
      falsePositiveRates[points] = (double) falsePositives / defectFreePixels;
      // The rises of a region telescope to at most 1, but for rounding.
      overlaps[points] = Math.min(saturated / regions.size(), 1);
      points++;
    }
    return Optional.of(
        new SproCurve(
            Arrays.copyOf(falsePositiveRates, points),
            Arrays.copyOf(overlaps, points),
            bits == EXACT_BITS));
  }

  /** As an unsigned number of {@code bits} bits, ordered as the values are. */
  private long bin(float value) {
    return Integer.toUnsignedLong(FloatOrder.key(value)) >>> (Float.SIZE - bits);
  }

  /** The distinct bins of all regions, ascending. */
  private long[] regionBins() {
    int size = regions.stream().mapToInt(region -> region.values().size()).sum();
    long[] bins = new long[size];
    int k = 0;
    for (RegionTally region : regions) {
      for (int i = 0; i < region.values().size(); i++) {
        bins[k++] = region.values().key(i);
      }
    }
    return Arrays.stream(bins).sorted().distinct().toArray();
  }

  /** How much the sum of all overlaps rises when the threshold falls below each bin. */
  private double[] rises(long[] bins) {
    double[] rises = new double[bins.length];
    for (RegionTally region : regions) {
      SortedTally values = region.values();
      long found = 0;
      double overlap = 0;
      for (int i = values.size() - 1; i >= 0 && overlap < 1; i--) {
        found += values.count(i);
        double next = Math.min(found / region.saturation(), 1);
        rises[Arrays.binarySearch(bins, values.key(i))] += next - overlap;
        overlap = next;
      }
    }
    return rises;
  }
}
