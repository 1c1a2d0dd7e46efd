package dev.puad.jobs.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A table for a terminal: columns aligned by what a terminal shows, no value cut. */
public final class TextTable {

  /** Which side of its column a value leans on. */
  public enum Align {
    LEFT,
    RIGHT
  }

  /** What becomes of a long value, or of one of several lines. */
  public enum LongValues {
    /** It is wrapped within its column. */
    WRAPPED,
    /** A row is a line, however long. */
    ON_ONE_LINE
  }

  private static final int WIDEST = 60;

  private final List<String> columns;
  private final List<Align> aligns;
  private final List<List<String>> rows = new ArrayList<>();
  private final Set<Integer> ruled = new HashSet<>();

  /** An empty table; {@code aligns} has one entry a column. */
  public TextTable(List<String> columns, List<Align> aligns) {
    if (columns.size() != aligns.size()) {
      throw new IllegalArgumentException(
          "%d columns, but %d alignments".formatted(columns.size(), aligns.size()));
    }
    this.columns = List.copyOf(columns);
    this.aligns = List.copyOf(aligns);
  }

  /** Adds a row with one value a column. */
  public TextTable row(List<String> values) {
    if (values.size() != columns.size()) {
      throw new IllegalArgumentException(
          "a row of %d values for %d columns".formatted(values.size(), columns.size()));
    }
    rows.add(List.copyOf(values));
    return this;
  }

  /** Sets the rows that follow apart by a rule. */
  public TextTable rule() {
    ruled.add(rows.size());
    return this;
  }

  /** Prints the heading, a rule, and the rows, with long values wrapped. */
  public void print(PrintStream out) {
    print(out, LongValues.WRAPPED);
  }

  /** Prints the heading, a rule, and the rows. */
  public void print(PrintStream out, LongValues longValues) {
    List<List<String>> heading = lines(columns, longValues);
    List<List<List<String>>> body = rows.stream().map(row -> lines(row, longValues)).toList();
    int[] widths = new int[columns.size()];
    widen(widths, heading);
    body.forEach(row -> widen(widths, row));
    printRow(out, heading, widths);
    StringBuilder rule = new StringBuilder();
    for (int width : widths) {
      rule.append(rule.isEmpty() ? "" : "  ").append("-".repeat(width));
    }
    out.println(rule);
    for (int r = 0; r < body.size(); r++) {
      if (r > 0 && ruled.contains(r)) {
        out.println(rule);
      }
      printRow(out, body.get(r), widths);
    }
  }

  private static void widen(int[] widths, List<List<String>> cells) {
    for (int c = 0; c < widths.length; c++) {
      for (String line : cells.get(c)) {
        widths[c] = Math.max(widths[c], width(line));
      }
    }
  }

  private void printRow(PrintStream out, List<List<String>> cells, int[] widths) {
    int lines = cells.stream().mapToInt(List::size).max().orElse(1);
    for (int l = 0; l < lines; l++) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        String text = l < cells.get(c).size() ? cells.get(c).get(l) : "";
        String blanks = " ".repeat(widths[c] - width(text));
        line.append(c == 0 ? "" : "  ");
        line.append(aligns.get(c) == Align.LEFT ? text + blanks : blanks + text);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static List<List<String>> lines(List<String> cells, LongValues longValues) {
    return longValues == LongValues.WRAPPED
        ? cells.stream().map(TextTable::wrap).toList()
        : cells.stream().map(cell -> List.of(visible(cell.replaceAll("\\R", " ")))).toList();
  }

  private static List<String> wrap(String cell) {
    List<String> lines = new ArrayList<>();
    for (String line : cell.split("\\R", -1)) {
      StringBuilder part = new StringBuilder();
      int width = 0;
      for (int codePoint : line.codePoints().toArray()) {
        int cells = width(codePoint);
        if (width + cells > WIDEST) {
          lines.add(part.toString());
          part.setLength(0);
          width = 0;
        }
        part.appendCodePoint(visible(codePoint));
        width += cells;
      }
      lines.add(part.toString());
    }
    return lines;
  }

  private static String visible(String text) {
    return text.codePoints()
        .map(TextTable::visible)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  // A control character would move the terminal's cursor.
  private static int visible(int codePoint) {
    return Character.isISOControl(codePoint) ? 0xFFFD : codePoint;
  }

  /** Columns that a terminal uses for a text. */
  static int width(String text) {
    return text.codePoints().map(TextTable::width).sum();
  }

  private static int width(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> isWide(codePoint) ? 2 : 1;
    };
  }

  // The ranges that Unicode's East Asian Width calls wide or full, joined where the gaps are
  // unused.
  private static boolean isWide(int c) {
    return (c >= 0x1100 && c <= 0x115F)
        || (c >= 0x2E80 && c <= 0x303E)
        || (c >= 0x3041 && c <= 0xA4CF)
        || (c >= 0xA960 && c <= 0xA97F)
        || (c >= 0xAC00 && c <= 0xD7A3)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0xFE30 && c <= 0xFE6F)
        || (c >= 0xFF00 && c <= 0xFF60)
        || (c >= 0xFFE0 && c <= 0xFFE6)
        || (c >= 0x1F300 && c <= 0x1F64F)
        || (c >= 0x1F680 && c <= 0x1F6FF)
        || (c >= 0x1F900 && c <= 0x1F9FF)
        || (c >= 0x20000 && c <= 0x3FFFD);
  }
}
