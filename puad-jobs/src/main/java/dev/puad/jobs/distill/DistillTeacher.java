package dev.puad.jobs.distill;

import dev.puad.jobs.pipeline.OrderedTree;
import dev.puad.jobs.train.AveragingRounds;
import dev.puad.jobs.train.ImageDraws;
import dev.puad.jobs.train.LearningRates;
import dev.puad.jobs.train.NaturalImageReader;
import dev.puad.jobs.train.RandomStreams;
import dev.puad.model.BadInputException;
import dev.puad.model.distill.Backbone;
import dev.puad.model.distill.Crop;
import dev.puad.model.distill.FeatureMap;
import dev.puad.model.distill.TargetGrid;
import dev.puad.model.distill.TeacherFile;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.ChannelMap;
import dev.puad.model.network.DistillationNetwork;
import dev.puad.model.stats.ChannelMoments;
import dev.puad.model.stats.OrthogonalMatrix;
import dev.puad.model.weights.StateDict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/** Distils a teacher from a backbone (EfficientAD section 3.1 and appendix). */
final class DistillTeacher {

  /** Images of one run of the backbone. */
  private static final int CHUNK = 8;

  /** Partitions depend on the number of images only, so that sums over them repeat. */
  private static final int CHUNKS_PER_TASK = 8;

  private final DistillPlan plan;
  private final JavaSparkContext context;
  private final SerializableConfiguration hadoop;
  private final CollectionAccumulator<NaturalImageReader.Rejected> rejected;

  DistillTeacher(SparkSession spark, DistillPlan plan) {
    this.plan = plan;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.hadoop = new SerializableConfiguration(spark.sessionState().newHadoopConf());
    this.rejected = spark.sparkContext().collectionAccumulator();
  }

  /** Hears how distillation goes on. */
  public interface Listener {
    /** The backbone's features have been measured over so many images. */
    void measured(int images);

    /** Steps so far over all workers, and the last loss. */
    void trained(int steps, double loss);
  }

  /** Keeps what a distillation needs to go on. */
  interface Keeper {
    /** A round has ended; making the checkpoint takes a moment. */
    void keep(Supplier<Checkpoint> checkpoint);
  }

  /**
   * A teacher.
   *
   * @param loss of the last round
   * @param rejected images that were drawn and could not be used, and why
   */
  record Distilled(
      StateDict weights,
      TeacherFile.Statistics statistics,
      double loss,
      SortedMap<String, String> rejected) {}

  /**
   * Distils.
   *
   * @param from where to go on; empty for the start
   * @throws BadInputException if backbone and teacher do not fit, or no image can be used
   */
  Distilled run(Optional<Checkpoint> from, Keeper keeper, Listener listener) {
    Examples examples = examples();
    Broadcast<Examples> shared = context.broadcast(examples);
    try {
      Checkpoint start = from.orElseGet(() -> start(shared, listener));
      return train(shared, start, keeper, listener);
    } finally {
      shared.destroy();
      ExecutorBackbones.release(examples.id());
    }
  }

  private Examples examples() {
    Crop crop = plan.recipe().crop(plan.imageSize());
    int generatedSide = crop.isWhole() ? plan.backbone().size() : (crop.least() + crop.most()) / 2;
    NaturalImageReader reader =
        new NaturalImageReader(hadoop, plan.limits(), "--images", generatedSide);
    TargetGrid grid = plan.recipe().grid(plan.imageSize(), plan.backbone().size());
    return new Examples(
        UUID.randomUUID(),
        plan.backbone(),
        reader,
        crop,
        plan.imageSize(),
        grid.side(),
        plan.recipe().features(grid, plan.backbone().centres(), plan.architecture().channels()),
        plan.cacheBytes());
  }

  private Checkpoint start(Broadcast<Examples> shared, Listener listener) {
    int features = featureCount(shared.value());
    List<Examples.Draw> draws = statisticsDraws();
    ChannelMoments moments = moments(shared, draws, List.of());
    TeacherFile.Statistics statistics =
        new TeacherFile.Statistics(moments.mean(), moments.standardDeviation(0));
    ChannelMap target = ChannelMap.standardizing(statistics.mean(), statistics.deviation());
    if (features != plan.architecture().channels()) {
      target = target.then(projection(features));
      ChannelMoments projected = moments(shared, draws, List.of(target));
      target =
          target.then(ChannelMap.standardizing(projected.mean(), projected.standardDeviation(0)));
    }
    listener.measured(draws.size());
    try (DistillationNetwork network = network(shared, draws)) {
      return new Checkpoint(0, network.bytes(), target, statistics);
    }
  }

  /** K, by what the backbone says of a blank image. */
  private int featureCount(Examples examples) {
    BackboneChoice choice = plan.backbone();
    try (Backbone backbone =
        Backbone.open(choice.onnx(), choice.source(), choice.outputs(), NativeThreads.count())) {
      int size = choice.size();
      List<FeatureMap> outputs = backbone.describe(new float[1][3 * size * size], size);
      if (!choice.centres().isEmpty() && choice.centres().size() != outputs.size()) {
        throw new BadInputException(
            "Cannot use --backbone-centres %s with the outputs %s: give one a piece."
                .formatted(choice.centres(), backbone.outputs()));
      }
      int channels = outputs.stream().mapToInt(FeatureMap::channels).sum();
      if (channels < plan.architecture().channels()) {
        throw new BadInputException(
            ("Cannot distil network %s from %s: its outputs %s have %d channels, fewer than the"
                    + " teacher's %d. Choose more outputs with --backbone-outputs, or another"
                    + " network.")
                .formatted(
                    plan.architecture().name(),
                    choice.source(),
                    backbone.outputs(),
                    channels,
                    plan.architecture().channels()));
      }
      return examples.features().channels(outputs);
    }
  }

  private ChannelMap projection(int features) {
    Architecture architecture = plan.architecture();
    return ChannelMap.linear(
        OrthogonalMatrix.random(
            architecture.channels(),
            features,
            RandomStreams.of(plan.seed(), RandomStreams.PROJECTION, 0, 0)),
        architecture.channels());
  }

  private List<Examples.Draw> statisticsDraws() {
    int count = plan.statisticsImages();
    if (!plan.images().isGenerated()) {
      count = Math.min(count, plan.images().images().size());
    }
    ImageDraws images = new ImageDraws(plan.images(), plan.seed(), RandomStreams.STATISTICS_ORDER);
    return IntStream.range(0, count)
        .mapToObj(
            draw ->
                new Examples.Draw(
                    images.candidates(draw),
                    RandomStreams.seed(plan.seed(), RandomStreams.STATISTICS_CROP, 0, draw),
                    false))
        .toList();
  }

  /** Of the backbone's features, or of what maps make of them one after the other. */
  private ChannelMoments moments(
      Broadcast<Examples> shared, List<Examples.Draw> draws, List<ChannelMap> maps) {
    List<List<Examples.Draw>> chunks = new ArrayList<>();
    for (int i = 0; i < draws.size(); i += CHUNK) {
      chunks.add(List.copyOf(draws.subList(i, Math.min(draws.size(), i + CHUNK))));
    }
    int partitions = (chunks.size() + CHUNKS_PER_TASK - 1) / CHUNKS_PER_TASK;
    CollectionAccumulator<NaturalImageReader.Rejected> rejects = rejected;
    Broadcast<List<ChannelMap>> mapping = context.broadcast(maps);
    int positions = shared.value().side() * shared.value().side();
    JavaRDD<float[]> features =
        context
            .parallelize(chunks, partitions)
            .mapPartitions(
                part -> {
                  ExecutorBackbones.Open backbone = shared.value().open();
                  Iterable<List<Examples.Draw>> once = () -> part;
                  return StreamSupport.stream(once.spliterator(), false)
                      .flatMap(
                          chunk -> shared.value().features(backbone, chunk, rejects::add).stream())
                      .map(values -> mapped(values, mapping.value()))
                      .iterator();
                });
    try {
      return OrderedTree.aggregate(
          features,
          new OrderedTree.Aggregator<>(
              ChannelMoments::new,
              (moments, values) -> moments.add(values, values.length / positions, positions),
              ChannelMoments::mergeWith));
    } finally {
      mapping.destroy();
    }
  }

  private static float[] mapped(float[] features, List<ChannelMap> maps) {
    float[] values = features;
    for (ChannelMap map : maps) {
      values = map.apply(values);
    }
    return values;
  }

  private DistillationNetwork network(Broadcast<Examples> shared, List<Examples.Draw> draws) {
    DistillationNetwork.Optimizer optimizer =
        new DistillationNetwork.Optimizer(plan.recipe().learningRate(), plan.recipe().l2());
    return switch (plan.recipe()) {
      case PAPER -> DistillationNetwork.official(plan.architecture(), optimizer, plan.seed());
      case FAST ->
          DistillationNetwork.unitVariance(
              plan.architecture(),
              optimizer,
              plan.seed(),
              images(shared, draws.subList(0, Math.min(CHUNK, draws.size()))),
              plan.imageSize());
    };
  }

  private float[][] images(Broadcast<Examples> shared, List<Examples.Draw> draws) {
    CollectionAccumulator<NaturalImageReader.Rejected> rejects = rejected;
    return context
        .parallelize(List.of(List.copyOf(draws)), 1)
        .flatMap(chunk -> shared.value().images(chunk, rejects::add).iterator())
        .collect()
        .toArray(new float[0][]);
  }

  private Distilled train(
      Broadcast<Examples> shared, Checkpoint start, Keeper keeper, Listener listener) {
    Broadcast<ChannelMap> target = context.broadcast(start.target());
    DistillationMinibatches minibatches = new DistillationMinibatches(shared, target, rejected);
    PartDraws parts = new PartDraws(plan);
    SortedMap<String, String> unusable = new TreeMap<>();
    double[] last = {Double.NaN};
    try (DistillationNetwork network =
        DistillationNetwork.read(plan.architecture(), start.network())) {
      rounds()
          .run(
              context,
              new AveragingRounds.Trained(network.graph(), network::learningRate),
              start.done(),
              (before, counts) -> shares(parts, before, counts).flatMap(minibatches),
              (done, loss) -> {
                rejected.value().forEach(r -> unusable.putIfAbsent(r.image(), r.reason()));
                rejected.reset();
                last[0] = finite(done, loss);
                if (done < plan.steps()) {
                  keeper.keep(
                      () ->
                          new Checkpoint(
                              done, network.bytes(), start.target(), start.statistics()));
                }
                listener.trained(done, loss);
              });
      return new Distilled(network.teacher(), start.statistics(), last[0], unusable);
    } finally {
      target.destroy();
    }
  }

  private AveragingRounds rounds() {
    double rate = plan.recipe().learningRate();
    return new AveragingRounds(
        plan.steps(),
        plan.batchSize(),
        plan.workers(),
        plan.averagingFrequency(),
        plan.seed(),
        switch (plan.recipe()) {
          case PAPER -> LearningRates.constant(rate);
          case FAST -> LearningRates.cosine(rate);
        });
  }

  private JavaRDD<DistillationMinibatches.Share> shares(PartDraws parts, int before, int[] counts) {
    return context.parallelize(
        IntStream.range(0, counts.length)
            .mapToObj(
                worker ->
                    new DistillationMinibatches.Share(
                        parts.minibatches(worker, before, counts[worker])))
            .toList(),
        counts.length);
  }

  private static double finite(int done, double loss) {
    if (!Double.isFinite(loss)) {
      throw new BadInputException(
          ("Cannot distil: after step %d the loss is %s. Give more images for the backbone's mean"
                  + " and deviation, or another recipe.")
              .formatted(done, loss));
    }
    return loss;
  }
}
