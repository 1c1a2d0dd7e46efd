package dev.puad.jobs.report;

/**
 * A column of numbers.
 *
 * @param metric as in {@code puad.metrics}, with {@code {score}} for the row's score; null for the
 *     table's
 * @param subset null for the table's
 * @param parameter null for the table's
 * @param category null for the mean over a data set's categories
 * @param publishedOnly whether it is something that we do not measure
 * @param byCategoryOnly whether a mean over categories would say nothing
 */
record Column(
    String title,
    String metric,
    String subset,
    Double parameter,
    String category,
    boolean publishedOnly,
    boolean byCategoryOnly) {

  private static final String SCORE = "{score}";

  /** This column, with a table's metric, subset and parameter where it has none of its own. */
  Column orElse(String tableMetric, String tableSubset, Double tableParameter) {
    return new Column(
        title,
        metric == null ? tableMetric : metric,
        subset == null ? tableSubset : subset,
        parameter == null ? tableParameter : parameter,
        category,
        publishedOnly,
        byCategoryOnly);
  }

  /** What it measures in a row of one score. */
  Measure measure(String score) {
    return new Measure(metric.replace(SCORE, score), subset, parameter == null ? 0 : parameter);
  }
}
