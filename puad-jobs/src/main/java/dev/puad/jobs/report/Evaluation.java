package dev.puad.jobs.report;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/**
 * The numbers of one version of one category's model, or of foreign maps.
 *
 * @param source empty for our own, else the foreign maps' name
 * @param version 0 for foreign maps
 * @param evaluatedAt when the last of the numbers was measured
 */
record Evaluation(
    String source,
    String category,
    long version,
    Instant evaluatedAt,
    Map<Measure, Measured> numbers) {

  /**
   * One number.
   *
   * @param value empty where it is undefined
   * @param errorBound empty where the value is exact
   */
  record Measured(OptionalDouble value, OptionalDouble errorBound) {}

  /** Of each category, by its name, the version that was evaluated last. */
  static SortedMap<String, Evaluation> latest(Collection<Evaluation> evaluations) {
    SortedMap<String, Evaluation> latest = new TreeMap<>();
    BinaryOperator<Evaluation> later =
        BinaryOperator.maxBy(
            Comparator.comparing(Evaluation::evaluatedAt).thenComparing(Evaluation::version));
    evaluations.forEach(evaluation -> latest.merge(evaluation.category(), evaluation, later));
    return latest;
  }
}
