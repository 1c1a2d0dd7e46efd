package dev.puad.jobs.distill;

import dev.puad.jobs.train.AveragingRounds;
import dev.puad.jobs.train.ImageDraws;
import dev.puad.jobs.train.LearningRates;
import dev.puad.jobs.train.NaturalImageReader;
import dev.puad.jobs.train.RandomStreams;
import dev.puad.jobs.train.RejectedNaturalImages;
import dev.puad.model.BadInputException;
import dev.puad.model.distill.Crop;
import dev.puad.model.distill.TargetGrid;
import dev.puad.model.distill.TeacherFile;
import dev.puad.model.network.ChannelMap;
import dev.puad.model.network.DistillationNetwork;
import dev.puad.model.weights.StateDict;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/** Distils a teacher from a backbone (EfficientAD section 3.1 and appendix). */
final class DistillTeacher {

  /** Images that the first weights are scaled by. */
  private static final int SCALING_IMAGES = 8;

  private final DistillPlan plan;
  private final JavaSparkContext context;
  private final SerializableConfiguration hadoop;
  private final RejectedNaturalImages rejected;

  DistillTeacher(SparkSession spark, DistillPlan plan) {
    this.plan = plan;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.hadoop = new SerializableConfiguration(spark.sessionState().newHadoopConf());
    this.rejected = new RejectedNaturalImages(spark.sparkContext());
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
   * @param rejected images that were drawn and could not be used
   */
  record Distilled(
      StateDict weights,
      TeacherFile.Statistics statistics,
      double loss,
      RejectedNaturalImages rejected) {}

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
        new NaturalImageReader(
            hadoop, plan.limits(), "--images " + plan.images().root(), generatedSide);
    TargetGrid grid = plan.recipe().grid(plan.imageSize(), plan.backbone().size());
    return new Examples(
        UUID.randomUUID(),
        plan.backbone(),
        reader,
        crop,
        plan.imageSize(),
        grid.side(),
        plan.recipe().features(grid, plan.backbone().centres(), plan.architecture().channels()),
        plan.seesPartsAgain() ? plan.cacheBytes() : 0);
  }

  private Checkpoint start(Broadcast<Examples> shared, Listener listener) {
    List<Examples.Draw> draws = statisticsDraws();
    MeasureBackbone.Measured measured =
        new MeasureBackbone(context, plan, shared, rejected.reports()).on(draws);
    listener.measured(draws.size());
    try (DistillationNetwork network = network(shared, draws)) {
      return new Checkpoint(0, network.bytes(), measured.target(), measured.statistics());
    }
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
              images(shared, draws.subList(0, Math.min(SCALING_IMAGES, draws.size()))),
              plan.imageSize());
    };
  }

  private float[][] images(Broadcast<Examples> shared, List<Examples.Draw> draws) {
    CollectionAccumulator<NaturalImageReader.Rejected> rejects = rejected.reports();
    return context
        .parallelize(List.of(List.copyOf(draws)), 1)
        .flatMap(chunk -> shared.value().images(chunk, rejects::add).iterator())
        .collect()
        .toArray(new float[0][]);
  }

  private Distilled train(
      Broadcast<Examples> shared, Checkpoint start, Keeper keeper, Listener listener) {
    Broadcast<ChannelMap> target = context.broadcast(start.target());
    DistillationMinibatches minibatches =
        new DistillationMinibatches(shared, target, rejected.reports());
    PartDraws parts = new PartDraws(plan);
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
                rejected.gather();
                last[0] = finite(done, loss);
                if (done < plan.steps()) {
                  keeper.keep(
                      () ->
                          new Checkpoint(
                              done, network.bytes(), start.target(), start.statistics()));
                }
                listener.trained(done, loss);
              });
      return new Distilled(network.teacher(), start.statistics(), last[0], rejected);
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
