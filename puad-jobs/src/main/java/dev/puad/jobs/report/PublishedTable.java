package dev.puad.jobs.report;

import java.util.List;

/**
 * A table as a paper prints it, and which rows of ours belong below.
 *
 * @param paper its short name
 * @param number of the table in the paper
 * @param dataSet its short name
 * @param unit of values
 * @param decimals that the paper prints
 * @param labels titles of the columns of text
 * @param byNetwork whether rows of ours are models of one network and output each
 * @param notes sentences below the table
 */
record PublishedTable(
    String paper,
    int number,
    String title,
    String dataSet,
    Unit unit,
    int decimals,
    String metric,
    String subset,
    Double parameter,
    List<String> labels,
    List<Column> columns,
    List<PublishedRow> rows,
    boolean byNetwork,
    List<OurRow> ours,
    List<String> notes) {

  /** Values in the table's unit, one a column. */
  record PublishedRow(List<String> labels, List<Double> values) {}

  /**
   * A row of our models' numbers.
   *
   * @param labels beside those of a network
   * @param score picturable, unpicturable or combined; null where only maps count
   */
  record OurRow(List<String> labels, String score) {

    OurRow {
      labels = List.copyOf(labels);
      score = score == null ? "" : score;
    }
  }

  PublishedTable {
    labels = List.copyOf(labels);
    columns = columns.stream().map(c -> c.orElse(metric, subset, parameter)).toList();
    rows = List.copyOf(rows);
    ours = List.copyOf(ours);
    notes = notes == null ? List.of() : List.copyOf(notes);
    for (PublishedRow row : rows) {
      if (row.labels().size() != labels.size() || row.values().size() != columns.size()) {
        throw new IllegalArgumentException(
            "%s's table %d has %d labels and %d values in row %s"
                .formatted(paper, number, labels.size(), columns.size(), row));
      }
    }
  }
}
