package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import dev.puad.jobs.archive.CategoryRule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Images that no model scores: of no category, by the rule, or of one without a model.
 *
 * @param images how many
 * @param found how many there are with those that are of a model
 * @param places where they are, by the first two folders of their paths, with counts; the largest
 *     {@link #MOST_PLACES}
 * @param morePlaces how many places there are beside these
 * @param fitting a pattern that would fit them too, where one is found
 */
public record LeftOut(
    long images,
    long found,
    Map<String, Long> places,
    long morePlaces,
    Optional<FittingPattern> fitting) {

  /** Of more nobody reads all. */
  static final int MOST_PLACES = 20;

  /** How many of a path's folders name a place. */
  private static final int DEPTH = 2;

  private static final StructType PLACE = new StructType().add("place", DataTypes.StringType);

  static LeftOut nothing(long found) {
    return new LeftOut(0, found, Map.of(), 0, Optional.empty());
  }

  /** Looks where they are; {@code planned} is the whole listing with its categories. */
  static LeftOut of(long images, long found, Dataset<Row> planned, PlanScoring.Request request) {
    if (images == 0) {
      return nothing(found);
    }
    Column withoutCategory = col("category").isNull().and(col("reason").isNull());
    Column withoutModel = not(col("category").isin(request.versions().keySet().toArray()));
    MapFunction<Row, Row> place = new Place(request.root());
    Dataset<Row> counts =
        planned
            .where(withoutCategory.or(withoutModel))
            .select("image")
            .map(place, Encoders.row(PLACE))
            .groupBy("place")
            .count();
    Map<String, Long> largest = new LinkedHashMap<>();
    counts
        .orderBy(col("count").desc(), col("place"))
        .limit(MOST_PLACES)
        .collectAsList()
        .forEach(row -> largest.put(row.getString(0), row.getLong(1)));
    long more = largest.size() < MOST_PLACES ? 0 : counts.count() - MOST_PLACES;
    return new LeftOut(images, found, largest, more, FittingPattern.find(planned, request));
  }

  private record Place(String root) implements MapFunction<Row, Row> {

    @Override
    public Row call(Row image) {
      String path = CategoryRule.path(root, image.getString(0));
      int end = -1;
      for (int folder = 0; folder < DEPTH; folder++) {
        int next = path.indexOf('/', end + 1);
        if (next < 0) {
          break;
        }
        end = next;
      }
      return RowFactory.create(end < 0 ? "." : path.substring(0, end));
    }
  }
}
