package dev.puad.model.metric;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The curves of one subset, followed by falling threshold through the bins of a pass: sPRO up to
 * each limit, and the ROC curve over pixels.
 *
 * <p>A bin in which a curve rises by r over a width w leaves an error of at most e = r w, or of
 * half of it unless the limit cuts the bin. Cutting a bin never makes the sum S of √e over all bins
 * larger: Σ √(rᵢ wᵢ) ≤ √(Σ rᵢ Σ wᵢ), and parts that no limit cuts have the factor ½ too. So once √e
 * ≤ bound / S in each bin, where S may be that of the first pass, the error Σ e ≤ max √e · Σ √e is
 * within the bound. Even parts of equal √e are the fewest that do.
 */
final class SubsetCurves {

  /** More than even parts would take, since values are not spread evenly in a bin. */
  private static final double MARGIN = 1.25;

  /** Of a bin with few pixels, for an exact area, so that they are soon alone. */
  private static final double PARTS_PER_PIXEL = 32;

  private final double errorBound;
  private final long defectFreePixels;
  private final long defectivePixels;
  private final double wholeOverlap;
  private final AreaSum[] auSpro;
  private final double[] uncertainty;
  private final AreaSum pixelAuroc = new AreaSum(1);
  private double pixelUncertainty;
  private final Errors[] supposed;
  private Errors supposedOfPixels = new Errors();

  private List<PixelTally> tallies = List.of();
  private long found;
  private long foundDefective;
  private long risen;
  private long more;
  private long moreDefective;
  private long rise;

  SubsetCurves(Precision precision, List<PixelTally> tallies) {
    errorBound = precision.errorBound();
    defectFreePixels = tallies.stream().mapToLong(PixelTally::defectFreePixels).sum();
    defectivePixels = tallies.stream().mapToLong(PixelTally::defectivePixels).sum();
    wholeOverlap =
        (double) PixelTally.WHOLE_OVERLAP
            * PixelTally.withinMost(tallies.stream().mapToLong(PixelTally::regions).sum());
    auSpro = precision.limits().stream().map(AreaSum::new).toArray(AreaSum[]::new);
    uncertainty = new double[auSpro.length];
    supposed = new Errors[auSpro.length];
  }

  /** Goes above the highest bin of a pass. */
  void start(List<PixelTally> countedInAPass) {
    tallies = countedInAPass;
    found = 0;
    foundDefective = 0;
    risen = 0;
    Arrays.setAll(supposed, i -> new Errors());
    supposedOfPixels = new Errors();
  }

  /** Comes to the next lower bin. */
  void enter(int bin) {
    more = 0;
    moreDefective = 0;
    rise = 0;
    for (PixelTally tally : tallies) {
      more += tally.defectFree(bin);
      moreDefective += tally.defective(bin);
      rise += tally.rise(bin);
    }
  }

  /** Goes below the bin. */
  void leave() {
    found += more;
    foundDefective += moreDefective;
    risen += rise;
  }

  /** Whether the bin has nothing. */
  boolean isInEmptyBin() {
    return more == 0 && moreDefective == 0;
  }

  /** Adds what the bin leaves uncertain if it is not cut. */
  void suppose() {
    if (isUncertain()) {
      for (int i = 0; i < supposed.length; i++) {
        supposed[i].add(rootOfError(auSpro[i]));
      }
      supposedOfPixels.add(rootOfPixelError());
    }
  }

  /** Takes what was supposed of the first pass as what there is to tolerate in all. */
  void tolerateSupposed() {
    for (int i = 0; i < supposed.length; i++) {
      uncertainty[i] = supposed[i].roots;
    }
    pixelUncertainty = supposedOfPixels.roots;
  }

  /** Whether what was supposed is within the bound, with the errors of what is settled. */
  boolean isSupposedWithinBound() {
    boolean within = pixelAuroc.result().errorBound() + supposedOfPixels.errors <= errorBound;
    for (int i = 0; i < auSpro.length; i++) {
      within &= auSpro[i].result().errorBound() + supposed[i].errors <= errorBound;
    }
    return within;
  }

  /** How many parts the bin is to be cut into; not more than 1 if all is known well enough. */
  double partsWanted() {
    if (!isUncertain()) {
      return 1;
    }
    double parts = parts(rootOfPixelError(), pixelUncertainty);
    for (int i = 0; i < auSpro.length; i++) {
      parts = Math.max(parts, parts(rootOfError(auSpro[i]), uncertainty[i]));
    }
    return parts <= 1
        ? 1
        : Math.min(MARGIN * parts, PARTS_PER_PIXEL * Math.min(more, moreDefective));
  }

  /** Adds the curves in this bin, which may rise anyhow, to the areas below them. */
  void settle() {
    addAreas();
    if (isUncertain()) {
      for (AreaSum area : auSpro) {
        area.addError(x(), step(), rise / wholeOverlap);
      }
      pixelAuroc.addError(x(), step(), (double) moreDefective / defectivePixels);
    }
  }

  /**
   * The same of a bin that holds a single value: there the curves are the straight line of a tie.
   */
  void settleSingleValue() {
    addAreas();
  }

  private void addAreas() {
    if (more > 0) {
      for (AreaSum area : auSpro) {
        area.add(x(), step(), risen / wholeOverlap, rise / wholeOverlap);
      }
      pixelAuroc.add(
          x(),
          step(),
          (double) foundDefective / defectivePixels,
          (double) moreDefective / defectivePixels);
    }
  }

  /** The area up to a limit, by its number; empty if it is undefined. */
  Optional<AreaUnderCurve> auSpro(int limit) {
    return isDefined() ? Optional.of(auSpro[limit].result()) : Optional.empty();
  }

  /** The area under the ROC curve over pixels; empty if it is undefined. */
  Optional<AreaUnderCurve> pixelAuroc() {
    return isDefined() ? Optional.of(pixelAuroc.result()) : Optional.empty();
  }

  private boolean isDefined() {
    return defectFreePixels > 0 && defectivePixels > 0;
  }

  private boolean isUncertain() {
    return more > 0 && moreDefective > 0;
  }

  private double parts(double rootOfError, double uncertainty) {
    return rootOfError == 0 ? 1 : rootOfError * uncertainty / errorBound;
  }

  private double rootOfError(AreaSum area) {
    double width = Math.min(step(), area.limit() - x());
    if (width <= 0) {
      return 0;
    }
    double error = rise / wholeOverlap * width / area.limit();
    return Math.sqrt(width < step() ? error : error / 2);
  }

  /** Sums over bins of e and √e. */
  private static final class Errors {
    private double errors;
    private double roots;

    void add(double root) {
      errors += root * root;
      roots += root;
    }
  }

  private double rootOfPixelError() {
    return Math.sqrt((double) moreDefective / defectivePixels * step() / 2);
  }

  /** The false positive rate above the bin. */
  private double x() {
    return (double) found / defectFreePixels;
  }

  private double step() {
    return (double) more / defectFreePixels;
  }
}
