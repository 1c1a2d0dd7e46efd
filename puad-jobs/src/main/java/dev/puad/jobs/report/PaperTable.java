package dev.puad.jobs.report;

import dev.puad.jobs.report.Networks.Network;
import dev.puad.jobs.report.PublishedTable.OurRow;
import dev.puad.jobs.report.PublishedTables.Paper;
import dev.puad.jobs.report.ReportTable.Origin;
import dev.puad.jobs.report.ReportTable.ReportRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Puts a warehouse's rows below a published table's. */
record PaperTable(PublishedTables published, Evaluations evaluations, Networks networks) {

  ReportTable of(PublishedTable table) {
    Paper paper = published.papers().get(table.paper());
    DataSet dataSet = published.dataSets().get(table.dataSet());
    List<ReportRow> rows = new ArrayList<>(publishedRows(table, paper));
    if (table.byNetwork()) {
      rows.addAll(rowsByNetwork(table, dataSet));
    } else {
      rows.addAll(ourRows(table, dataSet));
      rows.addAll(foreignRows(table, dataSet));
    }
    Map<String, Object> identity = new LinkedHashMap<>();
    identity.put("paper", paper.name());
    identity.put("citation", paper.citation());
    identity.put("table", table.number());
    identity.put("title", table.title());
    identity.put("dataSet", dataSet.title());
    return new ReportTable(
        "%s paper (%s), Table %d, %s: %s"
            .formatted(
                paper.name(),
                paper.citation(),
                table.number(),
                table.unit().phrase(),
                table.title()),
        identity,
        table.labels(),
        table.columns().stream().map(Column::title).toList(),
        table.unit(),
        table.decimals(),
        rows,
        table.notes());
  }

  private static List<ReportRow> publishedRows(PublishedTable table, Paper paper) {
    return table.rows().stream()
        .map(
            row ->
                new ReportRow(
                    Origin.PUBLISHED,
                    paper.name() + " paper",
                    row.labels(),
                    row.values().stream().<Cell>map(value -> new Cell.Value(value, 0)).toList(),
                    Collections.emptySortedMap()))
        .toList();
  }

  private List<ReportRow> ourRows(PublishedTable table, DataSet dataSet) {
    return table.ours().stream()
        .map(
            row ->
                row(
                    Entrant.own(row.score(), evaluations.own()).within(dataSet),
                    row.labels(),
                    table,
                    dataSet))
        .toList();
  }

  private List<ReportRow> foreignRows(PublishedTable table, DataSet dataSet) {
    List<ReportRow> rows = new ArrayList<>();
    evaluations
        .foreign()
        .forEach(
            (source, each) -> {
              Entrant entrant = Entrant.foreign(source, each).within(dataSet);
              if (!entrant.byCategory().isEmpty()) {
                rows.add(row(entrant, List.of(source), table, dataSet));
              }
            });
    return rows;
  }

  /** A row for each network and output: of each category the version of those evaluated last. */
  private List<ReportRow> rowsByNetwork(PublishedTable table, DataSet dataSet) {
    SortedMap<Network, List<Evaluation>> byNetwork = new TreeMap<>();
    for (Evaluation evaluation : evaluations.own()) {
      if (dataSet.categories().contains(evaluation.category())) {
        byNetwork
            .computeIfAbsent(networks.of(evaluation), network -> new ArrayList<>())
            .add(evaluation);
      }
    }
    if (byNetwork.isEmpty()) {
      byNetwork.put(Network.NONE, List.of());
    }
    List<ReportRow> rows = new ArrayList<>();
    byNetwork.forEach(
        (network, each) -> {
          for (OurRow row : table.ours()) {
            List<String> labels = Stream.concat(labels(network), row.labels().stream()).toList();
            rows.add(row(Entrant.own(row.score(), each), labels, table, dataSet));
          }
        });
    return rows;
  }

  private Stream<String> labels(Network network) {
    return Stream.of(
        published.networks().getOrDefault(network.size(), network.size()),
        published.outputs().getOrDefault(network.output(), network.output()));
  }

  private static ReportRow row(
      Entrant entrant, List<String> labels, PublishedTable table, DataSet dataSet) {
    return entrant.row(
        labels,
        table.columns().stream()
            .map(column -> entrant.cell(column, dataSet, table.unit()))
            .toList());
  }
}
