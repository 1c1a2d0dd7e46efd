package dev.puad.jobs.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The name that a person most likely meant, by edit distance. */
public final class ClosestName {

  private ClosestName() {}

  /** The known name closest to a mistyped one; empty when none is near. */
  public static Optional<String> of(String name, Collection<String> known) {
    return known.stream()
        .min(
            Comparator.comparingInt((String k) -> distance(name, k))
                .thenComparingInt(k -> edits(name, k))
                .thenComparing(k -> k))
        .filter(k -> distance(name, k) <= Math.max(2, name.length() / 3));
  }

  // "steps" for "train.steps" is a likelier slip than its six missing letters suggest.
  private static int distance(String name, String known) {
    return Math.min(edits(name, known), edits(lastPart(name), lastPart(known)) + 1);
  }

  private static String lastPart(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static int edits(String from, String to) {
    int[] previous = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] row = new int[to.length() + 1];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int swap = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(previous[j - 1] + swap, 1 + Math.min(previous[j], row[j - 1]));
      }
      previous = row;
    }
    return previous[to.length()];
  }
}
