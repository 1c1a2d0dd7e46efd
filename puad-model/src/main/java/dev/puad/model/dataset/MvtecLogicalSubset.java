package dev.puad.model.dataset;

import java.util.Map;
import java.util.Set;

/** The 37 test images of MVTec AD whose anomalies are logical (LOCO paper, Table 4). */
final class MvtecLogicalSubset {

  /** By category and folder. */
  private static final Set<String> WHOLE_FOLDERS =
      Set.of("cable/cable_swap", "transistor/cut_lead", "transistor/misplaced");

  /** The numbers of single images, by category and folder. */
  private static final Map<String, Set<Integer>> IMAGES =
      Map.of("cable/combined", Set.of(5, 7, 9), "capsule/faulty_imprint", Set.of(4, 5));

  private MvtecLogicalSubset() {}

  /**
   * Whether an image is of the subset.
   *
   * @param category the category's name
   * @param folder in {@code test}
   * @param stem the file's name without its extension, a number in MVTec AD
   */
  static boolean contains(String category, String folder, String stem) {
    String key = category + "/" + folder;
    return WHOLE_FOLDERS.contains(key)
        || (stem.matches("[0-9]{1,9}")
            && IMAGES.getOrDefault(key, Set.of()).contains(Integer.valueOf(stem)));
  }
}
