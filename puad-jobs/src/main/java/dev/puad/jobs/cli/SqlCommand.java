package dev.puad.jobs.cli;

import dev.puad.jobs.config.Json;
import dev.puad.jobs.config.UsageException;
import dev.puad.jobs.report.TextTable;
import dev.puad.model.BadInputException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.spark.SparkException;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.ParsedStatement;
import org.apache.spark.sql.catalyst.plans.logical.UnresolvedWith;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code puad sql}: Spark SQL over the warehouse's tables. */
@CommandLine.Command(
    name = "sql",
    description = "Answers a Spark SQL query over the tables, for example from puad.scores.")
final class SqlCommand implements Callable<Integer> {

  private static final int TABLE_ROWS = 1000;

  /** How an answer is printed. */
  private enum Format {
    /** For a person. */
    TABLE,
    /** RFC 4180, with a header. */
    CSV,
    /** One object on one line. */
    JSON
  }

  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Parameters(index = "0", paramLabel = "QUERY", description = "The query.")
  private String query;

  @Option(
      names = "--max-rows",
      paramLabel = "N",
      description = "Print this many rows at most; default 1000 of a table, else all.")
  private Integer maxRows;

  @Option(
      names = "--format",
      paramLabel = "table|csv|json",
      description =
          "How to print the answer: a table, the default, whose rows are a line each where standard"
              + " output is no terminal; CSV with a header (RFC 4180); or as --json.")
  private String format;

  SqlCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (maxRows != null && maxRows <= 0) {
      throw new ParameterException(
          spec.commandLine(),
          "Cannot set --max-rows to %d, the value must be positive.".formatted(maxRows));
    }
    Format chosen = format();
    SparkSession spark = SparkSessions.openExisting(common.settings());
    try {
      requireQuery(spark);
      Dataset<Row> answer = spark.sql(query);
      int otherwise = chosen == Format.TABLE ? TABLE_ROWS : Integer.MAX_VALUE;
      List<Row> rows = firstRows(answer, maxRows == null ? otherwise : maxRows);
      switch (chosen) {
        case TABLE -> printTable(answer, rows);
        case CSV -> printCsv(answer, rows);
        case JSON -> printJson(answer, rows);
      }
    } catch (UsageException e) {
      throw e;
    } catch (Exception e) {
      throw readable(spark, e);
    }
    return ExitCode.DONE;
  }

  private Format format() {
    if (format == null) {
      return common.json() ? Format.JSON : Format.TABLE;
    }
    Format chosen =
        Arrays.stream(Format.values())
            .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(format))
            .findFirst()
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "Cannot set --format to %s, the value must be one of table, csv, json."
                            .formatted(format)));
    if (common.json() && chosen != Format.JSON) {
      throw new ParameterException(
          spec.commandLine(), "Cannot use --json with --format %s: choose one.".formatted(format));
    }
    return chosen;
  }

  /** A mistyped line must not cost a table: statements that change something are refused. */
  private void requireQuery(SparkSession spark) throws ParseException {
    LogicalPlan plan = spark.sessionState().sqlParser().parsePlan(query);
    while (plan instanceof UnresolvedWith with) {
      plan = with.child();
    }
    boolean changes = plan instanceof Command || plan instanceof ParsedStatement;
    if (changes && !plan.getClass().getSimpleName().matches("(Show|Describe|Explain).*")) {
      throw new UsageException(
          "Cannot run this statement: puad sql answers queries and changes nothing. Start with"
              + " SELECT, WITH, SHOW or DESCRIBE, or use a Spark session of your own.");
    }
  }

  private void printJson(Dataset<Row> answer, List<Row> rows) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("columns", Arrays.asList(answer.columns()));
    result.put("rows", rows.stream().map(RowJson::values).toList());
    terminal.json(result);
  }

  private void printCsv(Dataset<Row> answer, List<Row> rows) {
    CsvTable.print(
        terminal.out(),
        Arrays.asList(answer.columns()),
        rows.stream()
            .map(row -> RowJson.values(row).stream().map(SqlCommand::field).toList())
            .toList());
  }

  private void printTable(Dataset<Row> answer, List<Row> rows) {
    List<TextTable.Align> aligns =
        Arrays.stream(answer.schema().fields()).map(SqlCommand::align).toList();
    TextTable table = new TextTable(Arrays.asList(answer.columns()), aligns);
    rows.forEach(row -> table.row(RowJson.values(row).stream().map(SqlCommand::cell).toList()));
    table.print(
        terminal.out(),
        terminal.progress() == Terminal.Progress.REWRITTEN
            ? TextTable.LongValues.WRAPPED
            : TextTable.LongValues.ON_ONE_LINE);
  }

  private List<Row> firstRows(Dataset<Row> answer, int most) {
    if (most == Integer.MAX_VALUE) {
      return answer.collectAsList();
    }
    List<Row> rows = answer.limit(most + 1).collectAsList();
    if (rows.size() <= most) {
      return rows;
    }
    terminal
        .err()
        .printf("puad: only the first %d rows are shown. See more with --max-rows N.%n", most);
    return rows.subList(0, most);
  }

  private static TextTable.Align align(StructField field) {
    return field.dataType() instanceof NumericType ? TextTable.Align.RIGHT : TextTable.Align.LEFT;
  }

  private static String cell(Object value) {
    return String.valueOf(field(value));
  }

  /** Arrays, structs and maps are told as JSON. */
  private static Object field(Object value) {
    return value instanceof List || value instanceof Map ? Json.line(value) : value;
  }

  /** What the query's author can correct, as one line; anything else as it is. */
  private static RuntimeException readable(SparkSession spark, Exception failure) {
    Throwable root = failure;
    boolean whileComputing = false;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SparkThrowable s && s.getErrorClass() != null && !s.isInternalError()) {
        return mistake(
            firstLine(t.getMessage()) + (unknownTable(s) ? " " + tables(spark) : ""), failure);
      }
      if (t instanceof NoSuchNamespaceException) {
        return mistake(firstLine(t.getMessage()) + ". " + tables(spark), failure);
      }
      whileComputing |= t instanceof SparkException;
      root = t;
    }
    if (whileComputing) {
      return mistake(firstLine(String.valueOf(root.getMessage())), failure);
    }
    return failure instanceof RuntimeException r ? r : new IllegalStateException(failure);
  }

  private static BadInputException mistake(String message, Exception failure) {
    return new BadInputException("Cannot answer the query: " + message, failure);
  }

  private static boolean unknownTable(SparkThrowable mistake) {
    return "TABLE_OR_VIEW_NOT_FOUND".equals(mistake.getErrorClass());
  }

  private static String tables(SparkSession spark) {
    if (!spark.catalog().databaseExists("puad")) {
      return "There are no tables yet.";
    }
    // A Hadoop catalog takes any folder for a table.
    Stream<String> tables =
        names(spark.sql("SHOW TABLES IN puad").select("tableName"))
            .filter(spark.catalog()::tableExists);
    Stream<String> views =
        names(spark.sql("SHOW VIEWS IN puad").where("not isTemporary").select("viewName"));
    List<String> found = Stream.concat(tables, views).sorted().toList();
    return found.isEmpty()
        ? "There are no tables yet."
        : "The tables are %s.".formatted(String.join(", ", found));
  }

  private static Stream<String> names(Dataset<Row> listed) {
    return listed.collectAsList().stream().map(row -> "puad." + row.getString(0));
  }

  private static String firstLine(String message) {
    return message.strip().lines().findFirst().orElse("");
  }
}
