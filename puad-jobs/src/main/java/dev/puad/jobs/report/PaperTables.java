package dev.puad.jobs.report;

import dev.puad.jobs.table.Lake;
import dev.puad.model.BadInputException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tables of the PUAD and the LOCO paper, as they were published, with a warehouse's own numbers
 * below: those of each category's last evaluated version, and those of foreign maps. A number that
 * was not measured is never shown, a mean over categories only if all of them have a value.
 */
public final class PaperTables {

  private final ReportTable warehouse;
  private final List<ReportTable> papers;

  private PaperTables(ReportTable warehouse, List<ReportTable> papers) {
    this.warehouse = warehouse;
    this.papers = papers;
  }

  /**
   * Reads {@code puad.metrics} and {@code puad.models}; writes nothing.
   *
   * @param dataset the data set's name in the tables
   * @param method the detector whose models are this warehouse's own
   * @throws BadInputException if nothing of the data set has been evaluated
   */
  public static PaperTables of(Lake lake, String dataset, String method) {
    PublishedTables published = PublishedTables.read();
    Evaluations evaluations = Evaluations.read(lake, dataset, method);
    PaperTable paperTable =
        new PaperTable(published, evaluations, Networks.read(lake, dataset, method));
    return new PaperTables(
        WarehouseTable.of(published.warehouse(), evaluations, dataset),
        published.tables().stream().map(paperTable::of).toList());
  }

  /** Prints the warehouse's own table, then the papers'. */
  public void print(PrintStream out) {
    warehouse.print(out);
    papers.forEach(table -> table.print(out));
  }

  /** The same as {@code --json} shows it: {@code warehouse}, and {@code published} in order. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("warehouse", warehouse.json());
    json.put("published", papers.stream().map(ReportTable::json).toList());
    return json;
  }
}
