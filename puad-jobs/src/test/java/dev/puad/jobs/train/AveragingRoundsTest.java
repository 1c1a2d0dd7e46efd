package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.DistillationNetwork;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.api.MultiDataSet;

class AveragingRoundsTest {

  private static final Architecture TINY = Architecture.TINY;

  /** The smallest image that tiny has an output for, of one position. */
  private static final int SIZE = 36;

  private static final double RATE = 1e-2;
  private static final int WORKERS = 2;

  /** Of 4, 4 and 2 steps. */
  private static final AveragingRounds ROUNDS =
      new AveragingRounds(10, 1, WORKERS, 2, 1, LearningRates.cosine(RATE));

  @TempDir static Path warehouse;

  private static final List<Double> rates = new ArrayList<>();

  private static JavaSparkContext spark;
  private static DistillationNetwork undisturbed;
  private static List<State> states;

  /** A worker's part of a round. */
  private record Share(int worker, int before, int count) implements Serializable {}

  /** A network after some steps. */
  private record State(int steps, byte[] network) {}

  @BeforeAll
  static void runUndisturbed() {
    spark = JavaSparkContext.fromSparkContext(LocalSpark.open(warehouse).sparkContext());
    undisturbed = network();
    states = run(undisturbed, 0, rates);
  }

  @AfterAll
  static void close() {
    undisturbed.close();
  }

  @Test
  void goingOnAfterARoundEndsInTheBitsOfAnUndisturbedRun() {
    try (DistillationNetwork resumed = DistillationNetwork.read(TINY, states.get(0).network())) {
      run(resumed, states.get(0).steps(), new ArrayList<>());

      assertThat(Arrays.mismatch(parameters(resumed), parameters(undisturbed))).isEqualTo(-1);
      assertThat(Arrays.mismatch(updater(resumed), updater(undisturbed))).isEqualTo(-1);
    }
  }

  @Test
  void goingOnTakesTheRoundsThatAreLeftAtTheirRates() {
    List<Double> left = new ArrayList<>();
    try (DistillationNetwork network = network()) {
      assertThat(run(network, 8, left)).extracting(State::steps).containsExactly(10);
    }
    assertThat(left).containsExactly(ROUNDS.rates().at(8, 10));
  }

  @Test
  void aRoundHasTheRateOfItsFirstStep() {
    assertThat(states).extracting(State::steps).containsExactly(4, 8, 10);
    assertThat(rates).containsExactly(RATE, ROUNDS.rates().at(4, 10), ROUNDS.rates().at(8, 10));
  }

  /** What the network was after each round. */
  private static List<State> run(DistillationNetwork network, int done, List<Double> rates) {
    List<State> states = new ArrayList<>();
    ROUNDS.run(
        spark,
        new AveragingRounds.Trained(
            network.graph(),
            rate -> {
              rates.add(rate);
              network.learningRate(rate);
            }),
        done,
        AveragingRoundsTest::minibatches,
        (steps, loss) -> states.add(new State(steps, network.bytes())));
    return states;
  }

  private static JavaRDD<MultiDataSet> minibatches(int before, int[] counts) {
    List<Share> shares =
        IntStream.range(0, counts.length)
            .mapToObj(worker -> new Share(worker, before, counts[worker]))
            .toList();
    return spark
        .parallelize(shares, counts.length)
        .flatMap(
            share ->
                IntStream.range(share.before(), share.before() + share.count())
                    .mapToObj(step -> minibatch(share.worker(), step))
                    .iterator());
  }

  private static MultiDataSet minibatch(int worker, int step) {
    SplittableRandom random = new SplittableRandom(1000L * worker + step);
    float[][] images = {gaussian(random, 3 * SIZE * SIZE)};
    float[][] features = {gaussian(random, TINY.channels())};
    return DistillationNetwork.minibatch(images, SIZE, features, 1);
  }

  private static DistillationNetwork network() {
    float[][] images = {gaussian(new SplittableRandom(3), 3 * SIZE * SIZE)};
    return DistillationNetwork.unitVariance(
        TINY, new DistillationNetwork.Optimizer(RATE, 1e-5), 1, images, SIZE);
  }

  private static float[] gaussian(SplittableRandom random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] parameters(DistillationNetwork network) {
    return network.graph().params().dup().data().asFloat();
  }

  private static float[] updater(DistillationNetwork network) {
    return network.graph().getUpdater().getStateViewArray().dup().data().asFloat();
  }
}
