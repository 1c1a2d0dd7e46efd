package dev.puad.jobs.pipeline;

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

    private S ofPartition(Iterator<T> elements) throws Exception {
      S state = zero.get();
      while (elements.hasNext()) {
        state = add.call(state, elements.next());
      }
      return state;
    }

    private S ofStates(Iterable<Tuple2<Integer, S>> states) throws Exception {
      List<Tuple2<Integer, S>> ordered =
          StreamSupport.stream(states.spliterator(), false)
              .sorted(Comparator.comparing(Tuple2::_1))
              .toList();
      S merged = zero.get();
      for (Tuple2<Integer, S> state : ordered) {
        merged = merge.call(merged, state._2());
      }
      return merged;
    }
  }

  /** Aggregates every element; at most 32 states reach the driver. */
  public static <T, S extends Serializable> S aggregate(
      JavaRDD<T> elements, Aggregator<T, S> aggregator) {
    int count = elements.getNumPartitions();
    JavaRDD<Tuple2<Integer, S>> states =
        elements.mapPartitionsWithIndex(
            (index, partition) ->
                List.of(new Tuple2<>(index, aggregator.ofPartition(partition))).iterator(),
            false);
    while (count > FAN_IN) {
      count = (count + FAN_IN - 1) / FAN_IN;
      JavaPairRDD<Integer, Tuple2<Integer, S>> byParent =
          states.mapToPair(state -> new Tuple2<>(state._1() / FAN_IN, state));
      states =
          byParent
              .groupByKey(count)
              .map(group -> new Tuple2<>(group._1(), aggregator.ofStates(group._2())));
    }
    try {
      return aggregator.ofStates(states.collect());
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
