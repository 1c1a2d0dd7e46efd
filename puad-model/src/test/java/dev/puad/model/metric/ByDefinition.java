package dev.puad.model.metric;

import dev.puad.model.dataset.GroundTruthRegion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/**
 * Areas from their definitions: every value is a threshold, every threshold looks at each pixel.
 */
final class ByDefinition {

  private ByDefinition() {}

  /** The normalised area under the mean overlap of some regions against the false positives. */
  static double auSpro(
      List<LabelledMap> images, Predicate<GroundTruthRegion> counted, double limit) {
    double area = 0;
    double[] previous = sproPoint(images, counted, Float.POSITIVE_INFINITY);
    for (float threshold : thresholds(images)) {
      double[] next = sproPoint(images, counted, threshold);
      double end = Math.min(next[0], limit);
      if (end > previous[0]) {
        double slope = (next[1] - previous[1]) / (next[0] - previous[0]);
        double atEnd = previous[1] + slope * (end - previous[0]);
        area += (end - previous[0]) * (previous[1] + atEnd) / 2;
      }
      previous = next;
    }
    return area / limit;
  }

  /** The share of pairs of a defective and a defect-free pixel in order, ties half. */
  static double pixelAuroc(List<LabelledMap> images, Predicate<GroundTruthRegion> counted) {
    List<Float> defective = new ArrayList<>();
    List<Float> defectFree = new ArrayList<>();
    for (LabelledMap image : images) {
      for (int i = 0; i < image.map().length; i++) {
        if (isIn(image, i, counted)) {
          defective.add(image.map()[i]);
        } else if (!isIn(image, i, region -> true)) {
          defectFree.add(image.map()[i]);
        }
      }
    }
    double inOrder = 0;
    for (float high : defective) {
      for (float low : defectFree) {
        inOrder += high > low ? 1 : high == low ? 0.5 : 0;
      }
    }
    return inOrder / defective.size() / defectFree.size();
  }

  private static List<Float> thresholds(List<LabelledMap> images) {
    List<Float> thresholds = new ArrayList<>();
    for (LabelledMap image : images) {
      for (float value : image.map()) {
        thresholds.add(value);
      }
    }
    thresholds.add(Float.NEGATIVE_INFINITY);
    thresholds.sort(Collections.reverseOrder());
    return thresholds.stream().distinct().toList();
  }

  private static double[] sproPoint(
      List<LabelledMap> images, Predicate<GroundTruthRegion> counted, float threshold) {
    double defectFree = 0;
    double falsePositives = 0;
    double overlap = 0;
    int regions = 0;
    for (LabelledMap image : images) {
      for (int i = 0; i < image.map().length; i++) {
        if (!isIn(image, i, region -> true)) {
          defectFree++;
          falsePositives += image.map()[i] > threshold ? 1 : 0;
        }
      }
      for (GroundTruthRegion region : image.regions()) {
        if (counted.test(region)) {
          double found = 0;
          for (int i = 0; i < image.map().length; i++) {
            found += contains(region, i) && image.map()[i] > threshold ? 1 : 0;
          }
          overlap += Math.min(found / region.saturation(), 1);
          regions++;
        }
      }
    }
    return new double[] {falsePositives / defectFree, overlap / regions};
  }

  private static boolean isIn(LabelledMap image, int pixel, Predicate<GroundTruthRegion> counted) {
    return image.regions().stream()
        .anyMatch(region -> counted.test(region) && contains(region, pixel));
  }

  private static boolean contains(GroundTruthRegion region, int pixel) {
    boolean inside = false;
    for (int bound : region.runs()) {
      if (bound <= pixel) {
        inside = !inside;
      }
    }
    return inside;
  }
}
