package dev.puad.model.metric;

import dev.puad.model.metric.ValueBins.Split;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Areas as they become known, pass by pass: a bin in which every curve is known well enough adds to
 * them and is done with; any other waits to be cut.
 */
final class Refinement {

  private static final int LEAST_BINS = 1024;

  /** A pass costs the same with as many bins as with few. */
  private static final int PLENTY_OF_BINS = 1 << 16;

  private final Precision precision;
  private final List<String> defects;
  private final List<SubsetCurves> subsets = new ArrayList<>();
  private final Deque<Split> waiting = new ArrayDeque<>();
  private final int mostBins;

  /** Starts with the counts of a pass over all values. */
  Refinement(Precision precision, LocalizationState first) {
    this.precision = precision;
    defects = first.groups().defects();
    for (List<PixelTally> tallies : first.groups().subsets()) {
      subsets.add(new SubsetCurves(precision, tallies));
    }
    long bytesPerBin =
        Math.max(1, first.groups().states().stream().mapToLong(PixelTally::bytesPerBin).sum());
    mostBins = (int) Math.min(Math.max(LEAST_BINS, precision.stateBytes() / bytesPerBin), 1 << 30);
    suppose(first);
    subsets.forEach(SubsetCurves::tolerateSupposed);
    add(first);
  }

  /** The bins of the next pass: as many of those that wait as memory allows; empty when done. */
  Optional<ValueBins> next() {
    int morePartBits = morePartBits();
    List<Split> batch = new ArrayList<>();
    int bins = 1;
    while (!waiting.isEmpty()) {
      Split split = waiting.peek().finer(morePartBits);
      // Each range may have a bin before it that is not studied.
      if (bins + split.parts() + 1 > mostBins) {
        break;
      }
      bins += split.parts() + 1;
      batch.add(split);
      waiting.remove();
    }
    return batch.isEmpty() ? Optional.empty() : Optional.of(ValueBins.of(batch));
  }

  /** Takes in the counts of a pass. */
  void add(LocalizationState state) {
    ValueBins bins = state.bins();
    boolean enough = waiting.isEmpty() && isEnough(state);
    sweep(
        state,
        (range, bin) -> {
          boolean single = bins.holdsSingleValues(range);
          double parts = 1;
          if (bins.isStudied(range) && !single && !enough) {
            for (SubsetCurves subset : subsets) {
              parts = Math.max(parts, subset.partsWanted());
            }
          }
          if (parts > 1) {
            waiting.add(bins.split(range, bin, parts, mostBins - 2));
          } else if (single) {
            subsets.forEach(SubsetCurves::settleSingleValue);
          } else if (bins.isStudied(range)) {
            subsets.forEach(SubsetCurves::settle);
          }
        });
  }

  /** Whether the error is within the bound if none of a pass's bins is cut. */
  private boolean isEnough(LocalizationState state) {
    suppose(state);
    return subsets.stream().allMatch(SubsetCurves::isSupposedWithinBound);
  }

  /** Sums up what a pass's bins leave uncertain if none of them is cut. */
  private void suppose(LocalizationState state) {
    ValueBins bins = state.bins();
    sweep(
        state,
        (range, bin) -> {
          if (bins.isStudied(range) && !bins.holdsSingleValues(range)) {
            subsets.forEach(SubsetCurves::suppose);
          }
        });
  }

  private interface Visit {
    void at(int range, int bin);
  }

  /** Follows all curves through the bins of a pass, and visits those that are not empty. */
  private void sweep(LocalizationState state, Visit visit) {
    List<List<PixelTally>> tallies = state.groups().subsets();
    for (int i = 0; i < subsets.size(); i++) {
      subsets.get(i).start(tallies.get(i));
    }
    ValueBins bins = state.bins();
    // The first subset has all images.
    SubsetCurves all = subsets.get(0);
    for (int range = bins.ranges() - 1; range >= 0; range--) {
      for (int bin = bins.firstBin(range + 1) - 1; bin >= bins.firstBin(range); bin--) {
        all.enter(bin);
        if (all.isInEmptyBin()) {
          continue;
        }
        for (SubsetCurves subset : subsets) {
          subset.enter(bin);
        }
        visit.at(range, bin);
        subsets.forEach(SubsetCurves::leave);
      }
    }
  }

  Localization result() {
    Map<Double, Localization.Areas> auSpro = new LinkedHashMap<>();
    for (int i = 0; i < precision.limits().size(); i++) {
      int limit = i;
      auSpro.put(
          precision.limits().get(limit),
          areas(subsets.stream().map(subset -> subset.auSpro(limit)).toList()));
    }
    return new Localization(auSpro, areas(subsets.stream().map(SubsetCurves::pixelAuroc).toList()));
  }

  /** By how many powers of 2 all that wait can be cut finer, so that fewer passes are left. */
  private int morePartBits() {
    long wanted = waiting.stream().mapToLong(split -> split.parts() + 1).sum();
    int bits = 0;
    while (wanted > 0 && wanted << (bits + 1) <= Math.min(mostBins - 1, PLENTY_OF_BINS)) {
      bits++;
    }
    return bits;
  }

  private Localization.Areas areas(List<Optional<AreaUnderCurve>> bySubset) {
    return new Localization.Areas(
        BySubset.of(
            defects,
            subset ->
                bySubset
                    .get(subset)
                    .map(area -> OptionalDouble.of(area.value()))
                    .orElse(OptionalDouble.empty())),
        bySubset.stream()
            .flatMap(Optional::stream)
            .mapToDouble(AreaUnderCurve::errorBound)
            .max()
            .orElse(0));
  }
}
