package dev.puad.jobs.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Areas of some images by their definition: every distinct anomaly value is a threshold. */
final class Thresholds {

  private final List<Float> defectFree = new ArrayList<>();
  private final List<float[]> regions = new ArrayList<>();
  private final List<Integer> saturations = new ArrayList<>();

  /** Of a pixel in no region. */
  void addDefectFree(float value) {
    defectFree.add(value);
  }

  /** The values of a region's pixels, in any order. */
  void addRegion(List<Float> values, int saturation) {
    regions.add(ascending(values));
    saturations.add(saturation);
  }

  /** The normalised area under the mean overlap, up to a false positive rate. */
  double area(double limit) {
    float[] free = ascending(defectFree);
    NavigableSet<Float> distinct = new TreeSet<>(Comparator.reverseOrder());
    distinct.addAll(defectFree);
    for (float[] region : regions) {
      for (float value : region) {
        distinct.add(value);
      }
    }
    double area = 0;
    double lastRate = 0;
    double lastOverlap = 0;
    for (float value : distinct) {
      double rate = (double) atLeast(free, value) / free.length;
      double overlap = overlap(value);
      if (rate > limit) {
        double cut = lastOverlap + (overlap - lastOverlap) * (limit - lastRate) / (rate - lastRate);
        return (area + (limit - lastRate) * (lastOverlap + cut) / 2) / limit;
      }
      area += (rate - lastRate) * (lastOverlap + overlap) / 2;
      lastRate = rate;
      lastOverlap = overlap;
    }
    return area / limit;
  }

  private double overlap(float value) {
    double sum = 0;
    for (int r = 0; r < regions.size(); r++) {
      sum += Math.min((double) atLeast(regions.get(r), value) / saturations.get(r), 1);
    }
    return sum / regions.size();
  }

  private static int atLeast(float[] ascending, float value) {
    int index = Arrays.binarySearch(ascending, value);
    while (index > 0 && ascending[index - 1] == value) {
      index--;
    }
    return ascending.length - (index < 0 ? -index - 1 : index);
  }

  private static float[] ascending(List<Float> values) {
    float[] sorted = new float[values.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = values.get(i);
    }
    Arrays.sort(sorted);
    return sorted;
  }
}
