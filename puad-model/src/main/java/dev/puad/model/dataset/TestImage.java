package dev.puad.model.dataset;

import java.util.List;

/**
 * An image, or the map of one, with a label.
 *
 * @param path relative to the category
 * @param kind what it shows
 * @param defect the folder under {@code test} that holds it
 * @param groundTruths paths of its masks relative to the category, sorted; empty for good images
 *     and where no mask was drawn
 */
public record TestImage(String path, AnomalyKind kind, String defect, List<String> groundTruths) {

  public TestImage {
    groundTruths = List.copyOf(groundTruths);
  }

  /** Whether it lacks the ground truth that an anomalous image should have. */
  public boolean unannotated() {
    return kind != AnomalyKind.GOOD && groundTruths.isEmpty();
  }

  /** Where its first mask is, or should be, relative to the category. */
  public String groundTruthPath(Layout layout) {
    String image = "ground_truth/" + CategoryFiles.image(path);
    return switch (layout) {
      case LOCO -> image + "/000.png";
      case MVTEC_AD -> image + "_mask.png";
    };
  }
}
