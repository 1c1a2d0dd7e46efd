package dev.puad.model.dataset;

import java.util.List;

/**
 * An image with a label.
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
}
