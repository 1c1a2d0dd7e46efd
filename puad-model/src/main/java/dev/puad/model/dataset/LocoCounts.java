package dev.puad.model.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a complete copy of MVTec LOCO AD holds (LOCO paper, Table 1). */
public final class LocoCounts {

  private static final Map<String, SplitCounts> PUBLISHED =
      Map.of(
          "breakfast_box", new SplitCounts(351, 62, 102, 90, 83),
          "screw_bag", new SplitCounts(360, 60, 122, 82, 137),
          "pushpins", new SplitCounts(372, 69, 138, 81, 91),
          "splicing_connectors", new SplitCounts(354, 59, 119, 85, 108),
          "juice_bottle", new SplitCounts(335, 54, 94, 94, 142));

  private LocoCounts() {}

  /**
   * Where a category departs from the paper, such as "validation has 61 of 62 images".
   *
   * @return empty if the counts are equal or the category is none of the five
   */
  public static String differences(CategoryLayout layout) {
    SplitCounts published = PUBLISHED.get(layout.category());
    if (published == null) {
      return "";
    }
    SplitCounts found = layout.counts();
    List<String> differences = new ArrayList<>();
    compare("train", found.train(), published.train(), differences);
    compare("validation", found.validation(), published.validation(), differences);
    compare("test/good", found.good(), published.good(), differences);
    compare("test/structural_anomalies", found.structural(), published.structural(), differences);
    compare("test/logical_anomalies", found.logical(), published.logical(), differences);
    return String.join("; ", differences);
  }

  private static void compare(String part, int found, int published, List<String> differences) {
    if (found != published) {
      differences.add("%s has %d of %d images".formatted(part, found, published));
    }
  }
}
