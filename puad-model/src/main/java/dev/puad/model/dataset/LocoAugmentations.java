package dev.puad.model.dataset;

import dev.puad.model.BadInputException;
import dev.puad.model.dataset.Augmentation.Step;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The augmentations that the LOCO paper trains each category with: Table 2 for MVTec LOCO AD, Table
 * 10 for MVTec AD. All are rotated and jittered; they differ in how they may be mirrored.
 */
final class LocoAugmentations {

  private static final Augmentation UNMIRRORED =
      new Augmentation(List.of(Step.ROTATION, Step.COLOR_JITTER));
  private static final Augmentation MIRRORED_SIDEWAYS =
      new Augmentation(List.of(Step.HORIZONTAL_FLIP, Step.ROTATION, Step.COLOR_JITTER));
  private static final Augmentation MIRRORED = new Augmentation(List.of(Step.values()));

  private static final Map<String, Augmentation> PUBLISHED = published();

  private LocoAugmentations() {}

  /**
   * The augmentation of a category.
   *
   * @throws BadInputException if neither table has it
   */
  static Augmentation of(String category) {
    Augmentation published = PUBLISHED.get(category);
    if (published == null) {
      throw new BadInputException(
          ("Cannot augment category %s as the LOCO paper does: it knows %s. Name the steps instead,"
                  + " such as --augmentation %s.")
              .formatted(
                  category,
                  String.join(", ", new TreeSet<>(PUBLISHED.keySet())),
                  String.join(",", MIRRORED_SIDEWAYS.steps().stream().map(Step::label).toList())));
    }
    return published;
  }

  private static Map<String, Augmentation> published() {
    Map<String, Augmentation> published = new TreeMap<>();
    List.of("breakfast_box", "juice_bottle", "cable", "capsule", "metal_nut", "pill")
        .forEach(category -> published.put(category, UNMIRRORED));
    List.of("toothbrush", "transistor")
        .forEach(category -> published.put(category, MIRRORED_SIDEWAYS));
    List.of("screw_bag", "pushpins", "splicing_connectors")
        .forEach(category -> published.put(category, MIRRORED));
    List.of("bottle", "carpet", "grid", "hazelnut", "leather", "screw", "tile", "wood", "zipper")
        .forEach(category -> published.put(category, MIRRORED));
    return Map.copyOf(published);
  }
}
