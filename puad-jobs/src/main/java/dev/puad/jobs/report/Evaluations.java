package dev.puad.jobs.report;

import static org.apache.spark.sql.functions.col;

import dev.puad.jobs.report.Evaluation.Measured;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import dev.puad.model.BadInputException;
import dev.puad.model.metric.BySubset;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What {@code puad.metrics} holds of one data set: every evaluated version of our models, and
 * foreign maps by their name.
 */
record Evaluations(List<Evaluation> own, SortedMap<String, List<Evaluation>> foreign) {

  /** Defect types are subsets too, and in no table. */
  private static final Object[] SUBSETS = BySubset.NAMES.toArray();

  /**
   * Reads the numbers of a data set.
   *
   * @param method the detector whose models are our own
   * @throws BadInputException if there are none
   */
  static Evaluations read(Lake lake, String dataset, String method) {
    Dataset<Row> metrics = lake.read(Tables.METRICS);
    Column ours = col("source").equalTo("").and(col("method").equalTo(method));
    List<Row> rows =
        metrics
            .where(col("dataset").equalTo(dataset).and(ours.or(col("source").notEqual(""))))
            .where(col("subset").isin(SUBSETS))
            .orderBy("source", "category", "version", "evaluated_at")
            .collectAsList();
    if (rows.isEmpty()) {
      throw none(metrics, dataset);
    }
    List<Evaluation> own = new ArrayList<>();
    SortedMap<String, List<Evaluation>> foreign = new TreeMap<>();
    int start = 0;
    for (int i = 1; i <= rows.size(); i++) {
      if (i == rows.size() || !sameModel(rows.get(i), rows.get(start))) {
        Evaluation evaluation = evaluation(rows.subList(start, i));
        (evaluation.source().isEmpty()
                ? own
                : foreign.computeIfAbsent(evaluation.source(), source -> new ArrayList<>()))
            .add(evaluation);
        start = i;
      }
    }
    return new Evaluations(own, foreign);
  }

  private static boolean sameModel(Row a, Row b) {
    return a.getAs("source").equals(b.getAs("source"))
        && a.getAs("category").equals(b.getAs("category"))
        && a.getAs("version").equals(b.getAs("version"));
  }

  private static Evaluation evaluation(List<Row> rows) {
    Map<Measure, Measured> numbers = new HashMap<>();
    Instant last = Instant.MIN;
    for (Row row : rows) {
      numbers.put(
          new Measure(row.getAs("metric"), row.getAs("subset"), row.<Double>getAs("parameter")),
          new Measured(optional(row.getAs("value")), optional(row.getAs("error_bound"))));
      last = row.<Timestamp>getAs("evaluated_at").toInstant();
    }
    Row first = rows.get(0);
    return new Evaluation(
        first.getAs("source"),
        first.getAs("category"),
        first.<Long>getAs("version"),
        last,
        numbers);
  }

  private static OptionalDouble optional(Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private static BadInputException none(Dataset<Row> metrics, String dataset) {
    List<String> others =
        metrics.select("dataset").distinct().orderBy("dataset").collectAsList().stream()
            .map(row -> row.getString(0))
            .toList();
    return new BadInputException(
        "Cannot print tables of data set %s: nothing of it has been evaluated. %s"
            .formatted(
                dataset,
                others.isEmpty() || others.equals(List.of(dataset))
                    ? "Run: puad evaluate --data DIR/CATEGORY"
                    : "Choose with --dataset from %s, or run: puad evaluate --data DIR/CATEGORY"
                        .formatted(String.join(", ", others))));
  }
}
