package dev.puad.jobs.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table that is ready to be read.
 *
 * @param heading a line above it
 * @param identity what JSON says of it besides its contents
 * @param labels titles of the columns of text
 * @param columns titles of the columns of numbers
 * @param notes sentences below it
 */
record ReportTable(
    String heading,
    Map<String, Object> identity,
    List<String> labels,
    List<String> columns,
    Unit unit,
    int decimals,
    List<ReportRow> rows,
    List<String> notes) {

  /** A longer title of a column of numbers is broken at its last space. */
  private static final int WIDEST_TITLE = 8;

  /** Whose numbers a row shows. */
  enum Origin {
    PUBLISHED,
    WAREHOUSE,
    FOREIGN_MAPS;

    private String title() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * One row.
   *
   * @param from the origin by name
   * @param versions of our models, by category; empty for others
   */
  record ReportRow(
      Origin origin,
      String from,
      List<String> labels,
      List<Cell> cells,
      SortedMap<String, Long> versions) {

    private double errorBound() {
      return cells.stream()
          .mapToDouble(cell -> cell instanceof Cell.Value number ? number.errorBound() : 0)
          .max()
          .orElse(0);
    }
  }

  /** Prints the heading, the table and its notes, with an empty line after them. */
  void print(PrintStream out) {
    out.println(heading);
    out.println();
    List<String> titles = new ArrayList<>(List.of("from"));
    titles.addAll(labels);
    List<TextTable.Align> aligns = new ArrayList<>();
    titles.forEach(title -> aligns.add(TextTable.Align.LEFT));
    for (String column : columns) {
      titles.add(broken(column));
      aligns.add(TextTable.Align.RIGHT);
    }
    TextTable table = new TextTable(titles, aligns);
    String before = null;
    for (ReportRow row : rows) {
      if (!row.from().equals(before)) {
        table.rule();
      }
      before = row.from();
      List<String> cells = new ArrayList<>(List.of(row.from()));
      cells.addAll(row.labels());
      row.cells().forEach(cell -> cells.add(cell.text(decimals)));
      table.row(cells);
    }
    table.print(out);
    Stream.of(notes.stream(), versions(), errorBounds()).flatMap(s -> s).forEach(out::println);
    out.println();
  }

  /** The same for {@code --json}; where there is no number, {@code reasons} says why. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>(identity);
    json.put("unit", unit.title());
    json.put("columns", columns);
    json.put("rows", rows.stream().map(this::json).toList());
    json.put("notes", notes);
    return json;
  }

  private Map<String, Object> json(ReportRow row) {
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, Object> reasons = new LinkedHashMap<>();
    for (int c = 0; c < columns.size(); c++) {
      Cell cell = row.cells().get(c);
      values.put(columns.get(c), cell instanceof Cell.Value number ? number.value() : null);
      if (!cell.reason().isEmpty()) {
        reasons.put(columns.get(c), cell.reason());
      }
    }
    Map<String, Object> named = new LinkedHashMap<>();
    for (int l = 0; l < labels.size(); l++) {
      named.put(labels.get(l), row.labels().get(l));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("origin", row.origin().title());
    json.put("from", row.from());
    json.put("labels", named);
    json.put("values", values);
    json.put("reasons", reasons);
    json.put("versions", row.versions());
    json.put("errorBound", row.errorBound());
    return json;
  }

  private static String broken(String title) {
    int space = title.lastIndexOf(' ');
    return title.length() <= WIDEST_TITLE || space < 0
        ? title
        : title.substring(0, space) + "\n" + title.substring(space + 1);
  }

  /** Which versions the rows show, each set of versions once. */
  private Stream<String> versions() {
    Map<Map<String, Long>, List<String>> labelsOf = new LinkedHashMap<>();
    for (ReportRow row : rows) {
      if (!row.versions().isEmpty()) {
        labelsOf
            .computeIfAbsent(row.versions(), versions -> new ArrayList<>())
            .add(String.join(", ", row.labels()));
      }
    }
    return labelsOf.entrySet().stream()
        .map(
            entry ->
                "Versions of this warehouse's %s: %s."
                    .formatted(
                        String.join(" and ", entry.getValue()),
                        entry.getKey().entrySet().stream()
                            .map(version -> version.getKey() + " " + version.getValue())
                            .collect(Collectors.joining(", "))));
  }

  /** Which rows are not exact to the last digit. */
  private Stream<String> errorBounds() {
    double halfDigit = Math.pow(10, -decimals) / 2;
    return rows.stream()
        .filter(row -> row.errorBound() > halfDigit)
        .map(
            row ->
                String.format(
                    Locale.ROOT,
                    "Row %s, %s: numbers may be off by %.2g.",
                    row.from(),
                    String.join(", ", row.labels()),
                    row.errorBound()));
  }
}
