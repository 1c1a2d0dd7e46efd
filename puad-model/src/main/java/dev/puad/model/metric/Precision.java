package dev.puad.model.metric;

import java.util.List;

/**
 * How precisely areas under curves are wanted.
 *
 * @param errorBound how far an area may be off, at least 0; 0 tells every distinct value apart
 * @param limits the false positive rates that areas under the sPRO curve go up to, each in (0, 1]
 * @param stateBytes how much memory the counts of one pass may take; with less, more passes are
 *     made. The first pass counts in 65,536 bins and each other in 1,024 at least, in 8 bytes for
 *     every array that {@link PixelTally} keeps: 7 of them for the kinds of images, 3 for each
 *     defect type
 */
public record Precision(double errorBound, List<Double> limits, long stateBytes) {

  public Precision {
    if (!(errorBound >= 0)) {
      throw new IllegalArgumentException(
          "Cannot measure areas to %s: the bound must be 0 or more.".formatted(errorBound));
    }
    if (stateBytes < 1) {
      throw new IllegalArgumentException(
          "Cannot count in %d bytes: it takes at least 1.".formatted(stateBytes));
    }
    limits = List.copyOf(limits);
  }
}
