package dev.puad.jobs.report;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The categories that make a mean over a data set.
 *
 * @param structural those with structural anomalies
 * @param logical those with logical anomalies
 */
record DataSet(String title, List<String> structural, List<String> logical) {

  DataSet {
    structural = List.copyOf(structural);
    logical = List.copyOf(logical);
  }

  /** Every category, in the order of the two lists. */
  Set<String> categories() {
    Set<String> categories = new LinkedHashSet<>(structural);
    categories.addAll(logical);
    return categories;
  }

  /** The categories that have anomalies of a subset: all, structural or logical. */
  Set<String> categories(String subset) {
    return switch (subset) {
      case "structural" -> new LinkedHashSet<>(structural);
      case "logical" -> new LinkedHashSet<>(logical);
      default -> categories();
    };
  }
}
