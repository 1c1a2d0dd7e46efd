package dev.puad.jobs.train;

import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.SparkContext;
import org.apache.spark.util.CollectionAccumulator;

/**
 * Natural images that tasks could not use, and why. The driver gathers them round by round, each
 * image once, so that what tasks report does not grow with the steps.
 */
public final class RejectedNaturalImages {

  private final CollectionAccumulator<NaturalImageReader.Rejected> reports;
  private final SortedMap<String, String> reasons = new TreeMap<>();

  public RejectedNaturalImages(SparkContext context) {
    this.reports = context.collectionAccumulator();
  }

  /** What tasks add theirs to. */
  public CollectionAccumulator<NaturalImageReader.Rejected> reports() {
    return reports;
  }

  /** Takes what tasks have reported since the last time. */
  public void gather() {
    reports.value().forEach(rejected -> reasons.putIfAbsent(rejected.image(), rejected.reason()));
    reports.reset();
  }

  /** How many were gathered. */
  public int count() {
    return reasons.size();
  }

  /** The first of them by name, and why; empty where there is none. */
  public String example() {
    return reasons.isEmpty() ? "" : reasons.firstKey() + ": " + reasons.get(reasons.firstKey());
  }
}
