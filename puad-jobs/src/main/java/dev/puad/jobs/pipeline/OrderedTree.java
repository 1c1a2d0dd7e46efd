package dev.puad.jobs.pipeline;

import dev.puad.model.BadInputException;
import java.io.Serializable;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function2;
import scala.Tuple2;

/**
 * A tree aggregation that repeats bit for bit.
 *
 * <p>Spark's own {@code treeAggregate} merges states as their tasks happen to finish, and floating
 * point sums depend on their order. This one always merges neighbours, in the order of partitions.
 *
 * <p>A user's mistake in an element is a result, not a failure: thrown in a task, it would make
 * Spark try the hopeless task again and log each attempt.
 */
public final class OrderedTree {

  private static final int FAN_IN = 32;

  private OrderedTree() {}

  /**
   * A mergeable state's operations; {@code add} and {@code merge} may change their first operand.
   */
  public record Aggregator<T, S extends Serializable>(
      Zero<S> zero, Function2<S, T, S> add, Function2<S, S, S> merge) implements Serializable {

    /** Makes an empty state. */
    @FunctionalInterface
    public interface Zero<S> extends Serializable {
      S get();
    }

    private Outcome<S> ofPartition(Iterator<T> elements) throws Exception {
      S state = zero.get();
      try {
        while (elements.hasNext()) {
          state = add.call(state, elements.next());
        }
      } catch (BadInputException e) {
        return new Outcome<>(null, e);
      }
      return new Outcome<>(state, null);
    }

    private Outcome<S> ofOutcomes(Iterable<Tuple2<Integer, Outcome<S>>> outcomes) throws Exception {
      List<Outcome<S>> ordered =
          StreamSupport.stream(outcomes.spliterator(), false)
              .sorted(Comparator.comparing(Tuple2::_1))
              .map(Tuple2::_2)
              .toList();
      S merged = zero.get();
      for (Outcome<S> outcome : ordered) {
        if (outcome.mistake() != null) {
          return outcome;
        }
        merged = merge.call(merged, outcome.state());
      }
      return new Outcome<>(merged, null);
    }
  }

  /** Either is null. */
  private record Outcome<S extends Serializable>(S state, BadInputException mistake)
      implements Serializable {}

  /**
   * Aggregates every element; at most 32 states reach the driver.
   *
   * @throws BadInputException if an element is a user's mistake: the first one of the first
   *     partition that has any
   */
  public static <T, S extends Serializable> S aggregate(
      JavaRDD<T> elements, Aggregator<T, S> aggregator) {
    return aggregate(elements, aggregator, FAN_IN);
  }

  /**
   * The same for large states.
   *
   * @param fanIn how many states a task or the driver merges, and has in memory, at once
   */
  static <T, S extends Serializable> S aggregate(
      JavaRDD<T> elements, Aggregator<T, S> aggregator, int fanIn) {
    int count = elements.getNumPartitions();
    JavaRDD<Tuple2<Integer, Outcome<S>>> outcomes =
        elements.mapPartitionsWithIndex(
            (index, partition) ->
                List.of(new Tuple2<>(index, aggregator.ofPartition(partition))).iterator(),
            false);
    while (count > fanIn) {
      count = (count + fanIn - 1) / fanIn;
      JavaPairRDD<Integer, Tuple2<Integer, Outcome<S>>> byParent =
          outcomes.mapToPair(outcome -> new Tuple2<>(outcome._1() / fanIn, outcome));
      outcomes =
          byParent
              .groupByKey(count)
              .map(group -> new Tuple2<>(group._1(), aggregator.ofOutcomes(group._2())));
    }
    return state(aggregator, outcomes.collect());
  }

  private static <T, S extends Serializable> S state(
      Aggregator<T, S> aggregator, List<Tuple2<Integer, Outcome<S>>> outcomes) {
    Outcome<S> whole;
    try {
      whole = aggregator.ofOutcomes(outcomes);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    if (whole.mistake() != null) {
      throw whole.mistake();
    }
    return whole.state();
  }
}
