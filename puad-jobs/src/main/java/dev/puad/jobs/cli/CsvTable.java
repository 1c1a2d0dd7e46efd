package dev.puad.jobs.cli;

import com.univocity.parsers.csv.CsvWriter;
import com.univocity.parsers.csv.CsvWriterSettings;
import java.io.PrintStream;
import java.io.StringWriter;
import java.util.List;

/**
 * A table as RFC 4180 has it, with a header; null is an empty field, an empty text is {@code ""}.
 */
final class CsvTable {

  private static final String END_OF_LINE = "\r\n";

  private CsvTable() {}

  /**
   * Prints it.
   *
   * @param rows with a value a column, each null or what its text is to be
   */
  static void print(PrintStream out, List<String> columns, List<List<Object>> rows) {
    StringWriter text = new StringWriter();
    CsvWriter csv = new CsvWriter(text, settings());
    csv.writeRow(columns);
    rows.forEach(csv::writeRow);
    csv.close();
    out.print(text);
  }

  private static CsvWriterSettings settings() {
    CsvWriterSettings settings = new CsvWriterSettings();
    settings.getFormat().setLineSeparator(END_OF_LINE);
    settings.setNormalizeLineEndingsWithinQuotes(false);
    settings.setQuoteEscapingEnabled(true);
    settings.setQuotationTriggers('\r', '\n');
    settings.trimValues(false);
    settings.setSkipEmptyLines(false);
    settings.setEmptyValue("\"\"");
    return settings;
  }
}
