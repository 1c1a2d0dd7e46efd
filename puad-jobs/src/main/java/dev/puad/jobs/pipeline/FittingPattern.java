package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import dev.puad.jobs.archive.CategoryRule;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A pattern that gives images a category with a model which have none by the pattern that was asked
 * for, and leaves the others in theirs.
 *
 * @param pattern as {@link CategoryRule#pattern} takes it
 * @param images how many it would add
 */
public record FittingPattern(String pattern, long images) {

  private static final String CATEGORY = "{category}";
  private static final int DEEPEST = 5;
  private static final int MOST_BELOW = 2;

  private static final StructType TALLY =
      new StructType()
          .add("candidate", DataTypes.IntegerType)
          .add("added", DataTypes.LongType)
          .add("changed", DataTypes.LongType);

  /**
   * Tries what is common: the category's folder at some depth, or at some height above the images.
   *
   * @param planned the whole listing with its categories
   */
  static Optional<FittingPattern> find(Dataset<Row> planned, PlanScoring.Request request) {
    List<String> candidates = candidates(request.rule().toString());
    MapPartitionsFunction<Row, Row> tally =
        new Tally(
            request.root(),
            candidates.stream().map(CategoryRule::pattern).toList(),
            Set.copyOf(request.versions().keySet()));
    return planned
        .where("reason is null")
        .select("image", "category")
        .mapPartitions(tally, Encoders.row(TALLY))
        .groupBy("candidate")
        .agg(sum("added").as("added"), sum("changed").as("changed"))
        .where("added > 0 and changed = 0")
        .orderBy(col("added").desc(), col("candidate"))
        .limit(1)
        .collectAsList()
        .stream()
        .findFirst()
        .map(row -> new FittingPattern(candidates.get(row.getInt(0)), row.getLong(1)));
  }

  /** Those that say most come first. */
  private static List<String> candidates(String asked) {
    Set<String> candidates = new LinkedHashSet<>();
    candidates.add("**/" + asked.replaceFirst("^(\\*\\*?/)+", ""));
    for (int depth = 0; depth <= DEEPEST; depth++) {
      candidates.add("*/".repeat(depth) + CATEGORY + "/**");
    }
    for (int below = 0; below <= MOST_BELOW; below++) {
      candidates.add("**/" + CATEGORY + "/" + "*/".repeat(below) + "*");
    }
    candidates.remove(asked);
    return List.copyOf(candidates);
  }

  /** A partition's images to a row a candidate. */
  private record Tally(String root, List<CategoryRule> candidates, Set<String> models)
      implements MapPartitionsFunction<Row, Row> {

    @Override
    public Iterator<Row> call(Iterator<Row> images) {
      long[] added = new long[candidates.size()];
      long[] changed = new long[candidates.size()];
      while (images.hasNext()) {
        Row image = images.next();
        Optional<String> asked = Optional.ofNullable(image.getString(1)).filter(models::contains);
        for (int c = 0; c < added.length; c++) {
          Optional<String> found =
              candidates.get(c).category(root, image.getString(0)).filter(models::contains);
          if (asked.isEmpty() && found.isPresent()) {
            added[c]++;
          } else if (asked.isPresent() && !found.equals(asked)) {
            changed[c]++;
          }
        }
      }
      List<Row> rows = new ArrayList<>();
      for (int c = 0; c < added.length; c++) {
        rows.add(RowFactory.create(c, added[c], changed[c]));
      }
      return rows.iterator();
    }
  }
}
