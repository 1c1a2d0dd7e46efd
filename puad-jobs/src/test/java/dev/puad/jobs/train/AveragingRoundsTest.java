package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import dev.puad.model.detect.FeatureSource;
import dev.puad.model.detect.MapVariant;
import dev.puad.model.detect.TeacherStatistics;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.api.MultiDataSet;

class AveragingRoundsTest {

  private static final Architecture TINY = Architecture.TINY;
  private static final long SEED = 5;

  @TempDir static Path warehouse;

  private static JavaSparkContext spark;
  private static Broadcast<Minibatches.Settings> settings;

  /** Parameters and updater state, and what the listener heard. */
  private record Trained(
      float[] parameters, float[] updater, List<Integer> steps, List<Double> losses)
      implements Serializable {}

  @BeforeAll
  static void open() {
    spark = JavaSparkContext.fromSparkContext(LocalSpark.open(warehouse).sparkContext());
    double[] ones = new double[TINY.channels()];
    Arrays.fill(ones, 1);
    try (TeacherNetwork teacher = TeacherNetwork.random(TINY, SEED)) {
      settings =
          spark.broadcast(
              new Minibatches.Settings(
                  UUID.randomUUID(),
                  TINY,
                  teacher.bytes(),
                  new TeacherStatistics(new double[TINY.channels()], ones)));
    }
  }

  @Test
  void aRoundEndsInTheMeanOfWhatEachWorkerTrainedAlone() {
    JavaRDD<TrainingShard> shards = shards(2);

    Trained averaged = train(plan(4, 2, 2), shards);

    List<Trained> alone =
        shards.mapPartitionsWithIndex(trainAlone(settings, new int[] {2, 2}), false).collect();
    assertSameBits(
        averaged.parameters(), mean(alone.get(0).parameters(), alone.get(1).parameters()));
    assertSameBits(averaged.updater(), mean(alone.get(0).updater(), alone.get(1).updater()));
    assertThat(Arrays.equals(alone.get(0).parameters(), alone.get(1).parameters())).isFalse();
  }

  @Test
  void stepsThatDoNotDivideAreTrainedExactly() {
    Trained trained = train(plan(7, 2, 2), shards(2));

    assertThat(trained.steps()).containsExactly(4, 7);
  }

  @Test
  void aLastRoundWithFewerStepsThanWorkersTrainsSomeOfThem() {
    Trained trained = train(plan(3, 2, 1), shards(2));

    assertThat(trained.steps()).containsExactly(2, 3);
    assertThat(trained.losses()).allSatisfy(loss -> assertThat(loss).isFinite());
  }

  @Test
  void trainingInManyRoundsIsTrainingInOneForASingleWorker() {
    Trained many = train(plan(3, 1, 1), shards(1));
    Trained one = train(plan(3, 1, 3), shards(1));

    assertThat(many.steps()).containsExactly(1, 2, 3);
    assertSameBits(many.parameters(), one.parameters());
    assertSameBits(many.updater(), one.updater());
  }

  @Test
  void theSeedDecidesTheResult() {
    TrainingPlan another =
        new TrainingPlan(TINY, 1, 1, 1, 1, FeatureSource.STUDENT, MapVariant.PUAD, 0.01, SEED + 1);

    Trained one = train(plan(1, 1, 1), shards(1));

    assertThat(Arrays.equals(train(another, shards(1)).parameters(), one.parameters())).isFalse();
  }

  @Test
  void theLossIsThatOfOneImageWhateverTheBatch() {
    TrainingPlan plan = plan(1, 1, 1);
    TrainingPlan twoOfTheSame =
        new TrainingPlan(TINY, 1, 2, 1, 1, FeatureSource.STUDENT, MapVariant.PUAD, 0.01, SEED);
    JavaRDD<TrainingShard> blank =
        spark.parallelize(List.of(new TrainingShard(List.of(new byte[TINY.imageLength()]))), 1);

    double one = train(plan, blank).losses().get(0);
    double two = train(twoOfTheSame, blank).losses().get(0);

    // Jitter and dropout differ from image to image; a sum over the batch would be twice as much.
    assertThat(two / one).isBetween(0.7, 1.4);
  }

  /** AssertJ would compare every number with every other. */
  private static void assertSameBits(float[] actual, float[] expected) {
    assertThat(Arrays.mismatch(actual, expected)).as("first index that differs").isEqualTo(-1);
  }

  private static Trained train(TrainingPlan plan, JavaRDD<TrainingShard> shards) {
    List<Integer> steps = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    try (TrainingNetwork network = TrainingNetwork.create(TINY, SEED)) {
      new AveragingRounds(plan, settings, shards)
          .run(
              network,
              (done, loss) -> {
                steps.add(done);
                losses.add(loss);
              });
      return new Trained(network.parameters(), updater(network.graph()), steps, losses);
    }
  }

  /** The first round of each worker by itself: DL4J's own fit, without Spark's training master. */
  private static Function2<Integer, Iterator<TrainingShard>, Iterator<Trained>> trainAlone(
      Broadcast<Minibatches.Settings> settings, int[] counts) {
    return (worker, shard) -> {
      Iterator<MultiDataSet> minibatches =
          new Minibatches(settings, 1, SEED, 0, counts).call(worker, shard);
      StepCount steps = new StepCount(SEED, 0);
      try (TrainingNetwork network = TrainingNetwork.create(TINY, SEED)) {
        while (minibatches.hasNext()) {
          MultiDataSet minibatch = minibatches.next();
          steps.preUpdate(minibatch, network.graph());
          network.graph().fit(minibatch);
        }
        return List.of(
                new Trained(network.parameters(), updater(network.graph()), List.of(), List.of()))
            .iterator();
      }
    };
  }

  private static TrainingPlan plan(int steps, int workers, int averagingFrequency) {
    return new TrainingPlan(
        TINY,
        steps,
        1,
        workers,
        averagingFrequency,
        FeatureSource.STUDENT,
        MapVariant.PUAD,
        0.01,
        SEED);
  }

  private static JavaRDD<TrainingShard> shards(int workers) {
    Random random = new Random(1);
    List<TrainingShard> shards =
        IntStream.range(0, workers)
            .mapToObj(
                worker ->
                    new TrainingShard(
                        IntStream.range(0, 3).mapToObj(image -> noise(random)).toList()))
            .toList();
    return spark.parallelize(shards, workers);
  }

  private static byte[] noise(Random random) {
    byte[] pixels = new byte[TINY.imageLength()];
    random.nextBytes(pixels);
    return pixels;
  }

  private static float[] updater(ComputationGraph graph) {
    return graph.getUpdater().getStateViewArray().dup('c').data().asFloat();
  }

  private static float[] mean(float[] first, float[] second) {
    float[] mean = new float[first.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (first[i] + second[i]) / 2;
    }
    return mean;
  }
}
