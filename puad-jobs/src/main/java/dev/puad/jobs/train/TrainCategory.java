package dev.puad.jobs.train;

import dev.puad.jobs.pipeline.CategoryFolder;
import dev.puad.jobs.pipeline.OrderedTree;
import dev.puad.jobs.pipeline.ScoreImages;
import dev.puad.jobs.pipeline.ScoringPlan;
import dev.puad.jobs.table.Lake;
import dev.puad.model.BadInputException;
import dev.puad.model.detect.PackedNetworks;
import dev.puad.model.detect.TeacherStatistics;
import dev.puad.model.image.PenaltyImage;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import dev.puad.model.stats.ChannelMoments;
import java.util.Iterator;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Trains one category's bundle and publishes it in {@code puad.models}. */
public final class TrainCategory {

  /** The name of this detector in every table. */
  public static final String METHOD = "puad";

  private final Lake lake;
  private final TrainingPlan plan;
  private final ScoringPlan scoring;
  private final PublishBundle.Target target;

  /**
   * Trains as planned.
   *
   * @param scoring by which graph and where the networks are calibrated
   */
  public TrainCategory(
      Lake lake, TrainingPlan plan, ScoringPlan scoring, PublishBundle.Target target) {
    this.lake = lake;
    this.plan = plan;
    this.scoring = scoring;
    this.target = target;
  }

  /** Hears how training goes on. */
  public interface Listener {
    /** Training images that cannot be used, if there are any. */
    void rejected(long images);

    /**
     * Penalty images that were drawn and cannot be used, if there are any.
     *
     * @param example one of them, and why
     */
    void penaltyImagesRejected(int images, String example);

    /** Steps so far over all workers, and the last loss. */
    void trained(int steps, double loss);
  }

  /**
   * Trains, unless the same configuration was trained on the same images before.
   *
   * @throws BadInputException if the images do not suffice
   */
  public PublishBundle.Result train(CategoryFolder folder, Listener listener) {
    return new PublishBundle(lake, target)
        .publish(
            new PublishBundle.Origin(
                folder,
                plan.architecture().imageSize(),
                plan.crossFitBelow(),
                plan.input().penalty().fingerprint()),
            images -> train(folder.name(), images, listener),
            listener::rejected);
  }

  private PublishBundle.Made train(String category, TrainingImages images, Listener listener) {
    Architecture architecture = plan.architecture();
    if (plan.workers() > images.trainCount()) {
      throw new BadInputException(
          "Cannot train category %s with %d workers: it has %d training images. Use fewer workers."
              .formatted(category, plan.workers(), images.trainCount()));
    }
    byte[] teacher = plan.input().teacher().network(architecture, plan.seed());
    TeacherStatistics statistics = statistics(images, teacher);
    try (TrainingNetwork network = network()) {
      rounds(images, network, teacher, statistics, listener);
      PackedNetworks networks =
          PackedNetworks.of(architecture, teacher, network, statistics, plan.source());
      return new PublishBundle.Made(
          networks,
          network.bytes(),
          plan.steps(),
          Calibrating.calibrate(
              networks,
              images,
              new Calibrating.Choices(
                  plan.mapVariant(), plan.falseAlarmRate(), plan.crossFitBelow(), scoring)));
    }
  }

  private TrainingNetwork network() {
    return plan.input().penalty().isNone()
        ? TrainingNetwork.create(plan.architecture(), plan.seed())
        : TrainingNetwork.createWithPenalty(plan.architecture(), plan.seed());
  }

  private TeacherStatistics statistics(TrainingImages images, byte[] teacher) {
    Architecture architecture = plan.architecture();
    UUID id = UUID.randomUUID();
    Broadcast<byte[]> shared =
        JavaSparkContext.fromSparkContext(lake.spark().sparkContext()).broadcast(teacher);
    JavaRDD<float[]> descriptions =
        TrainingImages.pixels(images.train())
            .mapPartitions(
                pixels ->
                    described(ExecutorTeachers.borrow(id, architecture, shared.value()), pixels));
    int channels = architecture.channels();
    int positions = architecture.positions();
    try {
      return TeacherStatistics.of(
          OrderedTree.aggregate(
              descriptions,
              new OrderedTree.Aggregator<>(
                  ChannelMoments::new,
                  (moments, description) -> moments.add(description, channels, positions),
                  ChannelMoments::mergeWith)),
          plan.mapVariant());
    } finally {
      shared.destroy();
      ExecutorTeachers.release(id);
    }
  }

  private static Iterator<float[]> described(TeacherNetwork teacher, Iterator<byte[]> pixels) {
    Iterable<byte[]> once = () -> pixels;
    return StreamSupport.stream(once.spliterator(), false)
        .map(image -> teacher.describe(ScoreImages.normalized(image)))
        .iterator();
  }

  private void rounds(
      TrainingImages images,
      TrainingNetwork network,
      byte[] teacher,
      TeacherStatistics statistics,
      Listener listener) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(lake.spark().sparkContext());
    UUID id = UUID.randomUUID();
    Broadcast<Minibatches.Settings> settings =
        context.broadcast(
            new Minibatches.Settings(
                id,
                plan.architecture(),
                teacher,
                statistics,
                plan.input().augmentation(),
                plan.input().teacherCacheBytes(),
                penaltyReader()));
    JavaRDD<TrainingShard> shards = images.shards(plan.workers());
    try {
      CategoryRounds rounds = new CategoryRounds(plan, settings, shards);
      rounds.run(network, listener::trained);
      RejectedNaturalImages penalty = rounds.rejectedPenaltyImages();
      if (penalty.count() > 0) {
        listener.penaltyImagesRejected(penalty.count(), penalty.example());
      }
    } finally {
      shards.unpersist();
      settings.destroy();
      ExecutorTeachers.release(id);
    }
  }

  private NaturalImageReader penaltyReader() {
    return new NaturalImageReader(
        new SerializableConfiguration(lake.spark().sessionState().newHadoopConf()),
        target.limits(),
        "--penalty-images " + plan.input().penalty().root(),
        PenaltyImage.resizedSide(plan.architecture().imageSize()));
  }
}
