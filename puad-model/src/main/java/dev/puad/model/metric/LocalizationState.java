package dev.puad.model.metric;

import dev.puad.model.BadInputException;
import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.dataset.GroundTruthRegion;
import dev.puad.model.stats.FloatOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Anomaly maps against ground truth, counted in {@link ValueBins}: what the saturated per-region
 * overlap (sPRO; Bergmann et al., "Beyond Dents and Scratches", 2022, section 3.3) and the ROC
 * curve over pixels need, as a state that merges.
 *
 * <p>A pixel is found if its anomaly value is greater than the threshold. A region's overlap is
 * min(found pixels / saturation, 1), sPRO is its mean over all regions alike, and the false
 * positive rate is the share found of all defect-free pixels: those in no region, of good and of
 * anomalous images.
 *
 * <p>All pixels of a region are in one image, so that where its overlap rises is known when the
 * image is added: by 1 / saturation at each of its highest values, as many as saturate it. What
 * remains is sums, whose size is bounded by the bins, not by pixels or regions.
 */
public final class LocalizationState implements Merging<LocalizationState> {

  private static final long serialVersionUID = 1L;

  private final ValueBins bins;
  private final ByGroup<PixelTally> groups;

  /** Zero between two images. */
  private transient int[] counts;

  /** An empty state. */
  public LocalizationState(ValueBins bins) {
    this.bins = bins;
    int size = bins.size();
    groups = new ByGroup<>(() -> new PixelTally(size));
  }

  /**
   * Adds one image, and returns this state.
   *
   * @param map anomaly values, shape (height, width) in C order, at the ground truth's size
   * @param groundTruth the image's regions, which may overlap; none for a good image
   * @throws BadInputException if a value is NaN; then nothing is added
   * @throws IllegalArgumentException if a region reaches beyond the map
   */
  public LocalizationState add(AnomalyKind kind, float[] map, List<GroundTruthRegion> groundTruth) {
    check(map, groundTruth);
    if (counts == null) {
      counts = new int[bins.size()];
    }
    TreeMap<String, List<GroundTruthRegion>> byDefect =
        groundTruth.stream()
            .collect(
                Collectors.groupingBy(
                    GroundTruthRegion::defect, TreeMap::new, Collectors.toList()));
    BitSet defective = union(groundTruth, map.length);
    countClear(map, defective);
    groups.ofKind(kind).addDefectFree(counts);
    byDefect.keySet().forEach(defect -> groups.ofDefect(defect).addDefectFree(counts));
    Arrays.fill(counts, 0);
    if (!groundTruth.isEmpty()) {
      countSet(map, defective);
      groups.ofKind(kind).addDefective(counts);
      byDefect.forEach(
          (defect, regions) -> {
            if (byDefect.size() > 1) {
              Arrays.fill(counts, 0);
              countSet(map, union(regions, map.length));
            }
            groups.ofDefect(defect).addDefective(counts);
          });
      Arrays.fill(counts, 0);
    }
    groundTruth.forEach(
        region -> addRegion(map, region, groups.ofKind(kind), groups.ofDefect(region.defect())));
    return this;
  }

  /**
   * Merges another state into this one, and returns this; the other's images stay as they are.
   *
   * @throws IllegalArgumentException if their bins differ
   */
  @Override
  public LocalizationState mergeWith(LocalizationState other) {
    if (!bins.equals(other.bins)) {
      throw new IllegalArgumentException("Cannot merge states of different bins.");
    }
    groups.mergeWith(other.groups);
    return this;
  }

  /** The curves over all anomalous images; empty, being undefined, where one kind is missing. */
  public Optional<SproCurve> curve() {
    return curve(groups.subsets().get(0));
  }

  /** The curve over good and structural, or good and logical images; empty if it is undefined. */
  public Optional<SproCurve> curve(AnomalyKind anomalies) {
    return curve(List.of(groups.ofKind(AnomalyKind.GOOD), groups.ofKind(anomalies)));
  }

  /** The curve over good images and those that show a defect type; empty if it is undefined. */
  public Optional<SproCurve> curve(String defect) {
    return groups.defects().contains(defect)
        ? curve(List.of(groups.ofKind(AnomalyKind.GOOD), groups.ofDefect(defect)))
        : Optional.empty();
  }

  ValueBins bins() {
    return bins;
  }

  ByGroup<PixelTally> groups() {
    return groups;
  }

  private Optional<SproCurve> curve(List<PixelTally> tallies) {
    long defectFreePixels = sum(tallies, PixelTally::defectFreePixels);
    long regions = sum(tallies, PixelTally::regions);
    if (defectFreePixels == 0 || regions == 0) {
      return Optional.empty();
    }
    List<SproCurve.Point> points = new ArrayList<>();
    points.add(new SproCurve.Point(Float.POSITIVE_INFINITY, 0, 0, true));
    long found = 0;
    long risen = 0;
    for (int range = bins.ranges() - 1; range >= 0; range--) {
      for (int i = bins.firstBin(range + 1) - 1; i >= bins.firstBin(range); i--) {
        int bin = i;
        long more = sum(tallies, tally -> tally.defectFree(bin));
        long rise = sum(tallies, tally -> tally.rise(bin));
        if (more == 0 && rise == 0) {
          continue;
        }
        found += more;
        risen += rise;
        points.add(
            new SproCurve.Point(
                bins.leastValue(range, bin),
                (double) found / defectFreePixels,
                risen / (double) PixelTally.WHOLE_OVERLAP / regions,
                more == 0 || rise == 0 || bins.holdsSingleValues(range)));
      }
    }
    return Optional.of(new SproCurve(points));
  }

  private static long sum(List<PixelTally> tallies, Function<PixelTally, Long> part) {
    return tallies.stream().mapToLong(part::apply).sum();
  }

  private static void check(float[] map, List<GroundTruthRegion> groundTruth) {
    for (int i = 0; i < map.length; i++) {
      if (Float.isNaN(map[i])) {
        throw new BadInputException(
            "Cannot evaluate an anomaly map with NaN at pixel %d: score the image again."
                .formatted(i));
      }
    }
    for (GroundTruthRegion region : groundTruth) {
      if (region.end() > map.length) {
        throw new IllegalArgumentException(
            "Pixel %d of a region is beyond a map of %d pixels."
                .formatted(region.end() - 1, map.length));
      }
    }
  }

  private static BitSet union(List<GroundTruthRegion> regions, int pixels) {
    BitSet union = new BitSet(pixels);
    for (GroundTruthRegion region : regions) {
      int[] runs = region.runs();
      for (int run = 0; run < runs.length; run += 2) {
        union.set(runs[run], runs[run + 1]);
      }
    }
    return union;
  }

  private void countClear(float[] map, BitSet defective) {
    int start = defective.nextClearBit(0);
    while (start < map.length) {
      int next = defective.nextSetBit(start);
      int end = next < 0 ? map.length : next;
      bins.count(map, start, end, counts);
      start = defective.nextClearBit(end);
    }
  }

  private void countSet(float[] map, BitSet pixels) {
    int start = pixels.nextSetBit(0);
    while (start >= 0) {
      int end = pixels.nextClearBit(start);
      bins.count(map, start, end, counts);
      start = pixels.nextSetBit(end);
    }
  }

  /** Its overlap rises at its highest values, as many as saturate it. */
  private void addRegion(
      float[] map, GroundTruthRegion region, PixelTally kind, PixelTally defect) {
    int[] risingBins = new int[region.area()];
    int rising = 0;
    int[] runs = region.runs();
    for (int run = 0; run < runs.length; run += 2) {
      for (int i = runs[run]; i < runs[run + 1]; i++) {
        int bin = bins.bin(FloatOrder.key(map[i]));
        if (counts[bin]++ == 0) {
          risingBins[rising++] = bin;
        }
      }
    }
    Arrays.sort(risingBins, 0, rising);
    long[] amounts = new long[rising];
    long found = 0;
    long overlap = 0;
    for (int i = rising - 1; i >= 0; i--) {
      found += counts[risingBins[i]];
      counts[risingBins[i]] = 0;
      // The differences of a rounded sum add up to it, whatever the bins.
      double share = Math.min((double) found / region.saturation(), 1);
      long next = Math.round(share * PixelTally.WHOLE_OVERLAP);
      amounts[i] = next - overlap;
      overlap = next;
    }
    kind.addRegion(risingBins, amounts, rising);
    defect.addRegion(risingBins, amounts, rising);
  }
}
