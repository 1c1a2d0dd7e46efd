package dev.puad.jobs.report;

/**
 * What a number of {@code puad.metrics} measures.
 *
 * @param metric for example {@code au_spro}
 * @param subset all, structural, logical or mean
 * @param parameter 0 for a metric without one
 */
record Measure(String metric, String subset, double parameter) {

  /** The same of other images. */
  Measure of(String otherSubset) {
    return new Measure(metric, otherSubset, parameter);
  }
}
