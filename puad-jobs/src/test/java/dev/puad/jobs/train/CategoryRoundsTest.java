package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.jobs.LocalSpark;
import dev.puad.model.BadInputException;
import dev.puad.model.dataset.Augmentation;
import dev.puad.model.detect.FeatureSource;
import dev.puad.model.detect.MapVariant;
import dev.puad.model.detect.TeacherStatistics;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.PenaltyImage;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.RgbImage;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.api.MultiDataSet;

@Tag("slow")
class CategoryRoundsTest {

  private static final Architecture TINY = Architecture.TINY;
  private static final long SEED = 5;
  private static final Augmentation ALL = new Augmentation(List.of(Augmentation.Step.values()));

  /** As tiny, but with a rate that drops. */
  private static final Architecture DROPPING =
      new Architecture(
          TINY.name(),
          TINY.imageSize(),
          TINY.descriptor(),
          TINY.student(),
          TINY.encoder(),
          TINY.bottleneckKernel(),
          TINY.decoder(),
          new Architecture.Recipe(
              TINY.recipe().learningRate(),
              1e-4,
              TINY.recipe().l2(),
              TINY.recipe().dropout(),
              TINY.recipe().steps()));

  @TempDir static Path warehouse;

  private static JavaSparkContext spark;
  private static Minibatches.Settings plain;
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
      plain =
          new Minibatches.Settings(
              UUID.randomUUID(),
              TINY,
              teacher.bytes(),
              new TeacherStatistics(new double[TINY.channels()], ones),
              Augmentation.NONE,
              0,
              penaltyReader());
      settings = spark.broadcast(plain);
    }
  }

  @Test
  void aRoundEndsInTheMeanOfWhatEachWorkerTrainedAlone() {
    JavaRDD<TrainingShard> shards = shards(2);

    Trained averaged = train(plan(4, 2, 2), shards);

    List<Trained> alone =
        shards
            .mapPartitionsWithIndex(trainAlone(settings, noRejects(), TINY, 2, 2), false)
            .collect();
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
        new TrainingPlan(
            TINY,
            1,
            1,
            1,
            1,
            FeatureSource.STUDENT,
            MapVariant.PUAD,
            0.01,
            0,
            SEED + 1,
            TrainingPlan.Input.PLAIN);

    Trained one = train(plan(1, 1, 1), shards(1));

    assertThat(Arrays.equals(train(another, shards(1)).parameters(), one.parameters())).isFalse();
  }

  @Test
  void theLossIsThatOfOneImageWhateverTheBatch() {
    TrainingPlan plan = plan(1, 1, 1);
    TrainingPlan twoOfTheSame =
        new TrainingPlan(
            TINY,
            1,
            2,
            1,
            1,
            FeatureSource.STUDENT,
            MapVariant.PUAD,
            0.01,
            0,
            SEED,
            TrainingPlan.Input.PLAIN);
    JavaRDD<TrainingShard> blank =
        spark.parallelize(List.of(new TrainingShard(List.of(new byte[TINY.imageLength()]))), 1);

    double one = train(plan, blank).losses().get(0);
    double two = train(twoOfTheSame, blank).losses().get(0);

    // Jitter and dropout differ from image to image; a sum over the batch would be twice as much.
    assertThat(two / one).isBetween(0.7, 1.4);
  }

  @Test
  void theRateDropsAtItsStepThoughARoundWouldGoOn() {
    // int(0.95 * 4) = 3: the fourth step has the final rate, as with PyTorch's StepLR.
    TrainingPlan dropping = planOf(DROPPING, 4, 4);
    Trained trained = train(dropping, shards(1));

    List<Trained> alone =
        shards(1)
            .mapPartitionsWithIndex(trainAlone(settings, noRejects(), DROPPING, 4, 3), false)
            .collect();
    assertThat(trained.steps()).containsExactly(3, 4);
    assertSameBits(trained.parameters(), alone.get(0).parameters());
    assertSameBits(trained.updater(), alone.get(0).updater());
  }

  @Test
  void theRateOfASingleStepIsTheFirst() {
    assertThat(train(planOf(DROPPING, 1, 1), shards(1)).parameters())
        .isEqualTo(train(plan(1, 1, 1), shards(1)).parameters());
  }

  @Test
  void aRateThatDoesNotChangeEndsNoRound() {
    assertThat(train(plan(4, 1, 4), shards(1)).steps()).containsExactly(4);
  }

  @Test
  void aCacheOfTheTeachersOutputsChangesNoBit() {
    // Three epochs of three images, of which two fit.
    long two = 2L * Float.BYTES * TINY.channels() * TINY.positions();
    TrainingPlan plan = plan(9, 1, 3);
    Broadcast<Minibatches.Settings> caching = spark.broadcast(with(Augmentation.NONE, two));

    Trained cached = train(plan, caching, shards(1));
    int kept = ExecutorTeachers.descriptions(caching.value().id(), two).size();

    Trained plainly = train(plan, shards(1));
    assertSameBits(cached.parameters(), plainly.parameters());
    assertSameBits(cached.updater(), plainly.updater());
    assertThat(cached.losses()).isEqualTo(plainly.losses());
    assertThat(kept).isEqualTo(2);
  }

  @Test
  void augmentedImagesAreNotCached() {
    Broadcast<Minibatches.Settings> augmenting = spark.broadcast(with(ALL, 1 << 30));

    train(plan(4, 1, 4), augmenting, shards(1));

    assertThat(ExecutorTeachers.descriptions(augmenting.value().id(), 0).size()).isZero();
  }

  @Test
  void augmentationRepeatsItself() {
    Trained first = train(plan(2, 1, 2), spark.broadcast(with(ALL, 0)), shards(1));
    Trained again = train(plan(2, 1, 1), spark.broadcast(with(ALL, 0)), shards(1));

    assertSameBits(again.parameters(), first.parameters());
    assertThat(Arrays.equals(first.parameters(), train(plan(2, 1, 2), shards(1)).parameters()))
        .isFalse();
  }

  @Test
  void trainingWithPenaltyImagesRepeatsItself(@TempDir Path folder) throws IOException {
    TrainingPlan plan = penaltyPlan(folder, 3);
    JavaRDD<TrainingShard> shards = shards(2);

    Trained trained = trainWithPenalty(plan, shards);

    assertSameBits(trainWithPenalty(plan, shards).parameters(), trained.parameters());
    assertThat(trained.losses()).allSatisfy(loss -> assertThat(loss).isPositive().isFinite());
  }

  @Test
  void otherPenaltyImagesTrainOtherwise(@TempDir Path folder) throws IOException {
    JavaRDD<TrainingShard> shards = shards(2);
    Trained trained = trainWithPenalty(penaltyPlan(folder, 3), shards);
    byte[] white = new byte[3 * 16 * 16];
    Arrays.fill(white, (byte) 255);
    for (int i = 0; i < 3; i++) {
      Files.write(
          folder.resolve("class %d/image.png".formatted(i)),
          PngEncoder.encode(new RgbImage(16, 16, white)));
    }

    Trained another =
        trainWithPenalty(
            penaltyPlan(
                NaturalImages.open(new Configuration(), "--penalty-images", folder.toString())),
            shards);

    assertThat(Arrays.equals(another.parameters(), trained.parameters())).isFalse();
  }

  @Test
  void trainingWithGeneratedPenaltyImagesRepeatsItself() {
    TrainingPlan plan = penaltyPlan(NaturalImages.GENERATED);
    JavaRDD<TrainingShard> shards = shards(2);

    Trained trained = trainWithPenalty(plan, shards);

    assertSameBits(trainWithPenalty(plan, shards).parameters(), trained.parameters());
    assertThat(trained.losses()).allSatisfy(loss -> assertThat(loss).isPositive().isFinite());
  }

  @Test
  void generatedPenaltyImagesTrainOtherwiseThanAFolders(@TempDir Path folder) throws IOException {
    JavaRDD<TrainingShard> shards = shards(2);

    assertThat(
            Arrays.equals(
                trainWithPenalty(penaltyPlan(NaturalImages.GENERATED), shards).parameters(),
                trainWithPenalty(penaltyPlan(folder, 3), shards).parameters()))
        .isFalse();
  }

  @Test
  void aPenaltyImageThatIsBrokenIsReplacedAndNamed(@TempDir Path folder) throws IOException {
    TrainingPlan plan = penaltyPlan(folder, 3);
    Path broken = folder.resolve("class 1/image.png");
    Files.writeString(broken, "no image");
    try (TrainingNetwork network = TrainingNetwork.createWithPenalty(TINY, SEED)) {
      CategoryRounds rounds = new CategoryRounds(plan, settings, shards(2));
      rounds.run(network, (done, loss) -> {});

      assertThat(rounds.rejectedPenaltyImages().count()).isEqualTo(1);
      assertThat(rounds.rejectedPenaltyImages().example())
          .startsWith("file://" + broken.toRealPath().toString().replace(" ", "%20") + ": ");
    }
  }

  @Test
  void aFolderOfBrokenPenaltyImagesIsTheUsersToRepair(@TempDir Path folder) throws IOException {
    TrainingPlan plan = penaltyPlan(folder, 1);
    Files.writeString(folder.resolve("class 0/image.png"), "no image");

    assertThatThrownBy(() -> trainWithPenalty(plan, shards(2)))
        .hasRootCauseInstanceOf(BadInputException.class)
        .rootCause()
        .hasMessageStartingWith("Cannot use --penalty-images: of 1 images drawn");
  }

  /** AssertJ would compare every number with every other. */
  private static void assertSameBits(float[] actual, float[] expected) {
    assertThat(Arrays.mismatch(actual, expected)).as("first index that differs").isEqualTo(-1);
  }

  private static Trained train(TrainingPlan plan, JavaRDD<TrainingShard> shards) {
    try (TrainingNetwork network = TrainingNetwork.create(plan.architecture(), SEED)) {
      return train(plan, settings, shards, network);
    }
  }

  private static Trained train(
      TrainingPlan plan,
      Broadcast<Minibatches.Settings> using,
      JavaRDD<TrainingShard> shards,
      TrainingNetwork network) {
    List<Integer> steps = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    new CategoryRounds(plan, using, shards)
        .run(
            network,
            (done, loss) -> {
              steps.add(done);
              losses.add(loss);
            });
    return new Trained(network.parameters(), updater(network.graph()), steps, losses);
  }

  /**
   * The first round of each worker by itself: DL4J's own fit, without Spark's training master. The
   * rate drops after {@code drop} steps.
   */
  private static Function2<Integer, Iterator<TrainingShard>, Iterator<Trained>> trainAlone(
      Broadcast<Minibatches.Settings> settings,
      CollectionAccumulator<NaturalImageReader.Rejected> rejected,
      Architecture architecture,
      int count,
      int drop) {
    return (worker, shard) -> {
      Iterator<Minibatches.Share> share =
          List.of(new Minibatches.Share(worker, count, List.of())).iterator();
      Iterator<MultiDataSet> minibatches =
          new Minibatches(settings, 1, SEED, 0, rejected).call(shard, share);
      StepCount steps = new StepCount(SEED, 0);
      try (TrainingNetwork network = TrainingNetwork.create(architecture, SEED)) {
        for (int step = 0; step < count; step++) {
          if (step == drop) {
            network.graph().setLearningRate(architecture.recipe().finalLearningRate());
          }
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

  private static Trained train(
      TrainingPlan plan, Broadcast<Minibatches.Settings> using, JavaRDD<TrainingShard> shards) {
    try (TrainingNetwork network = TrainingNetwork.create(TINY, SEED)) {
      return train(plan, using, shards, network);
    }
  }

  private static Trained trainWithPenalty(TrainingPlan plan, JavaRDD<TrainingShard> shards) {
    try (TrainingNetwork network = TrainingNetwork.createWithPenalty(TINY, SEED)) {
      return train(plan, settings, shards, network);
    }
  }

  private static Minibatches.Settings with(Augmentation augmentation, long cacheBytes) {
    return new Minibatches.Settings(
        UUID.randomUUID(),
        TINY,
        plain.teacher(),
        plain.statistics(),
        augmentation,
        cacheBytes,
        plain.penalty());
  }

  private static NaturalImageReader penaltyReader() {
    return new NaturalImageReader(
        new SerializableConfiguration(new Configuration()),
        DecodeLimits.defaults(),
        "--penalty-images",
        PenaltyImage.resizedSide(TINY.imageSize()));
  }

  private static CollectionAccumulator<NaturalImageReader.Rejected> noRejects() {
    return spark.sc().collectionAccumulator();
  }

  private static TrainingPlan penaltyPlan(Path folder, int images) throws IOException {
    NaturalImageFolder.write(folder, images);
    return penaltyPlan(
        NaturalImages.open(new Configuration(), "--penalty-images", folder.toString()));
  }

  private static TrainingPlan penaltyPlan(NaturalImages folder) {
    return new TrainingPlan(
        TINY,
        4,
        1,
        2,
        2,
        FeatureSource.STUDENT,
        MapVariant.PUAD,
        0.01,
        0,
        SEED,
        new TrainingPlan.Input(TeacherSource.RANDOM, Augmentation.NONE, folder, 0));
  }

  private static TrainingPlan planOf(Architecture architecture, int steps, int frequency) {
    return new TrainingPlan(
        architecture,
        steps,
        1,
        1,
        frequency,
        FeatureSource.STUDENT,
        MapVariant.PUAD,
        0.01,
        0,
        SEED,
        TrainingPlan.Input.PLAIN);
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
        0,
        SEED,
        TrainingPlan.Input.PLAIN);
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
