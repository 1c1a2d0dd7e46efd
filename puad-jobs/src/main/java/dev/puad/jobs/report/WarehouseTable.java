package dev.puad.jobs.report;

import dev.puad.jobs.report.PublishedTables.WarehouseColumns;
import dev.puad.jobs.report.ReportTable.ReportRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The table of all categories that a warehouse has numbers of, whichever they are. */
final class WarehouseTable {

  private WarehouseTable() {}

  /** A row a category, and the mean over them where there are several. */
  static ReportTable of(WarehouseColumns shape, Evaluations evaluations, String dataset) {
    List<ReportRow> rows =
        new ArrayList<>(rows(shape, Entrant.own(shape.score(), evaluations.own())));
    evaluations
        .foreign()
        .forEach((source, each) -> rows.addAll(rows(shape, Entrant.foreign(source, each))));
    String title = "This warehouse, data set " + dataset;
    Map<String, Object> identity = new LinkedHashMap<>();
    identity.put("title", title);
    identity.put("dataSet", dataset);
    return new ReportTable(
        title,
        identity,
        List.of("category", "version"),
        shape.columns().stream().map(Column::title).toList(),
        Unit.FRACTION,
        shape.decimals(),
        rows,
        shape.notes());
  }

  private static List<ReportRow> rows(WarehouseColumns shape, Entrant entrant) {
    List<ReportRow> rows = new ArrayList<>();
    entrant
        .byCategory()
        .forEach(
            (category, evaluation) ->
                rows.add(
                    row(
                        entrant,
                        List.of(category, version(evaluation)),
                        shape.columns().stream()
                            .map(column -> entrant.cell(column, category, Unit.FRACTION))
                            .toList())));
    if (rows.size() > 1) {
      List<String> categories = List.copyOf(entrant.byCategory().keySet());
      DataSet all = new DataSet("", categories, categories);
      rows.add(
          row(
              entrant,
              List.of("mean of " + categories.size(), ""),
              shape.columns().stream()
                  .map(column -> entrant.mean(column, all, Unit.FRACTION))
                  .toList()));
    }
    return rows;
  }

  /** A row whose labels tell its version. */
  private static ReportRow row(Entrant entrant, List<String> labels, List<Cell> cells) {
    return new ReportRow(
        entrant.origin(), entrant.from(), labels, cells, Collections.emptySortedMap());
  }

  private static String version(Evaluation evaluation) {
    return evaluation.source().isEmpty() ? Long.toString(evaluation.version()) : "-";
  }
}
