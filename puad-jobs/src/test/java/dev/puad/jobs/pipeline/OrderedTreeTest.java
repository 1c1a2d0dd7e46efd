package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.jobs.LocalSpark;
import dev.puad.model.BadInputException;
import dev.puad.model.stats.VectorMoments;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderedTreeTest {

  @TempDir static Path warehouse;

  private static JavaSparkContext spark;

  @BeforeAll
  static void open() {
    spark = JavaSparkContext.fromSparkContext(LocalSpark.open(warehouse).sparkContext());
  }

  @Test
  void oneHundredPartitionsAreMergedInTheirOrder() {
    JavaRDD<Integer> elements = spark.parallelize(numbers(250), 100);

    assertThat(OrderedTree.aggregate(elements, concatenation())).isEqualTo(joined(250));
  }

  @Test
  void threeLevelsOfTheTreeKeepTheOrder() {
    // More than 32 * 32, so that states are merged twice before they come to the driver.
    JavaRDD<Integer> elements = spark.parallelize(numbers(1030), 1030);

    assertThat(OrderedTree.aggregate(elements, concatenation())).isEqualTo(joined(1030));
  }

  @Test
  void theOrderIsThatOfPartitionsWhicheverTaskEndsFirst() {
    JavaRDD<Integer> elements =
        spark
            .parallelize(numbers(40), 40)
            .map(
                number -> {
                  Thread.sleep(TaskContext.getPartitionId() % 4 == 0 ? 40 : 0);
                  return number;
                });

    assertThat(OrderedTree.aggregate(elements, concatenation())).isEqualTo(joined(40));
  }

  @Test
  void aSumHasTheBitsOfALoopOverThePartitions() {
    List<double[]> vectors = vectors(300);
    JavaRDD<double[]> elements = spark.parallelize(vectors, 30);

    VectorMoments tree = OrderedTree.aggregate(elements, moments());

    VectorMoments loop = new VectorMoments();
    for (int partition = 0; partition < 30; partition++) {
      VectorMoments state = new VectorMoments();
      vectors.subList(10 * partition, 10 * partition + 10).forEach(state::add);
      loop.mergeWith(state);
    }
    assertThat(tree.mean()).containsExactly(loop.mean());
    assertThat(tree.covariance()).containsExactly(loop.covariance());
  }

  @Test
  void aSumRepeatsBitForBit() {
    List<double[]> vectors = vectors(200);

    List<double[]> means = new ArrayList<>();
    for (int run = 0; run < 3; run++) {
      means.add(OrderedTree.aggregate(spark.parallelize(vectors, 100), moments()).mean());
    }

    assertThat(means).allSatisfy(mean -> assertThat(mean).containsExactly(means.get(0)));
  }

  @Test
  void emptyPartitionsChangeNothing() {
    JavaRDD<Integer> elements = spark.parallelize(numbers(5), 40);

    assertThat(OrderedTree.aggregate(elements, concatenation())).isEqualTo(joined(5));
  }

  @Test
  void nothingAggregatesToZero() {
    assertThat(OrderedTree.aggregate(spark.<Integer>emptyRDD(), concatenation())).isEmpty();
  }

  @Test
  void theFirstMistakeInTheOrderOfPartitionsIsThrown() {
    JavaRDD<Integer> elements = spark.parallelize(numbers(100), 100);

    assertThatThrownBy(() -> OrderedTree.aggregate(elements, refusing(List.of(99, 40, 77))))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot use 40.");
  }

  @Test
  void aMistakeIsNotTriedAgain() {
    LongAccumulator tried = spark.sc().longAccumulator();
    JavaRDD<Integer> elements =
        spark
            .parallelize(numbers(3), 3)
            .map(
                number -> {
                  tried.add(1);
                  return number;
                });

    assertThatThrownBy(() -> OrderedTree.aggregate(elements, refusing(List.of(1))))
        .isInstanceOf(BadInputException.class);

    assertThat(tried.value()).isEqualTo(3);
  }

  private static OrderedTree.Aggregator<Integer, String> refusing(List<Integer> wrong) {
    return new OrderedTree.Aggregator<>(
        () -> "",
        (text, number) -> {
          if (wrong.contains(number)) {
            throw new BadInputException("Cannot use %d.".formatted(number));
          }
          return text;
        },
        (first, second) -> first + second);
  }

  private static OrderedTree.Aggregator<Integer, String> concatenation() {
    return new OrderedTree.Aggregator<>(
        () -> "", (text, number) -> text + number + " ", (first, second) -> first + second);
  }

  private static OrderedTree.Aggregator<double[], VectorMoments> moments() {
    return new OrderedTree.Aggregator<>(
        VectorMoments::new, VectorMoments::add, VectorMoments::mergeWith);
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private static String joined(int count) {
    return numbers(count).stream().map(number -> number + " ").collect(Collectors.joining());
  }

  private static List<double[]> vectors(int count) {
    Random random = new Random(1);
    double[][] vectors = new double[count][3];
    for (double[] vector : vectors) {
      Arrays.setAll(vector, i -> random.nextGaussian() * Math.pow(10, i));
    }
    return List.of(vectors);
  }
}
