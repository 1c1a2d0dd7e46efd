package dev.puad.jobs.report;

import dev.puad.jobs.report.ReportTable.Origin;
import dev.puad.jobs.report.ReportTable.ReportRow;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whose numbers stand in rows of their own: our models with one of their scores, or foreign maps.
 *
 * @param from the name of the origin
 * @param score what image metrics are of; empty where only maps count
 * @param byCategory of each category, the version that was evaluated last
 */
record Entrant(Origin origin, String from, String score, SortedMap<String, Evaluation> byCategory) {

  private static final String FOREIGN_SCORE = "map";

  static Entrant own(String score, Collection<Evaluation> evaluations) {
    return new Entrant(Origin.WAREHOUSE, "this warehouse", score, Evaluation.latest(evaluations));
  }

  static Entrant foreign(String source, Collection<Evaluation> evaluations) {
    return new Entrant(
        Origin.FOREIGN_MAPS, "maps of " + source, FOREIGN_SCORE, Evaluation.latest(evaluations));
  }

  /** The same without categories of other data sets. */
  Entrant within(DataSet dataSet) {
    SortedMap<String, Evaluation> within = new TreeMap<>(byCategory);
    within.keySet().retainAll(dataSet.categories());
    return new Entrant(origin, from, score, within);
  }

  /** A category's number, or the mean over a data set's where the column names no category. */
  Cell cell(Column column, DataSet dataSet, Unit unit) {
    return column.category() == null
        ? mean(column, dataSet, unit)
        : cell(column, column.category(), unit);
  }

  /** One category's number. */
  Cell cell(Column column, String category, Unit unit) {
    return column.publishedOnly()
        ? new Cell.Unmeasured()
        : new Figures(byCategory, unit).of(category, column.measure(score));
  }

  /** The mean over a data set's categories. */
  Cell mean(Column column, DataSet dataSet, Unit unit) {
    return column.publishedOnly() || column.byCategoryOnly()
        ? new Cell.Unmeasured()
        : new Figures(byCategory, unit).over(dataSet, column.measure(score));
  }

  /** A row that tells its versions. */
  ReportRow row(List<String> labels, List<Cell> cells) {
    return new ReportRow(origin, from, labels, cells, versions());
  }

  private SortedMap<String, Long> versions() {
    if (origin == Origin.FOREIGN_MAPS) {
      return Collections.emptySortedMap();
    }
    SortedMap<String, Long> versions = new TreeMap<>();
    byCategory.forEach((category, evaluation) -> versions.put(category, evaluation.version()));
    return versions;
  }
}
