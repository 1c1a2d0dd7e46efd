package dev.puad.jobs.train;

import dev.puad.jobs.pipeline.CategoryFolder;
import dev.puad.jobs.pipeline.OrderedTree;
import dev.puad.jobs.pipeline.ScoreImages;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.ModelFamily;
import dev.puad.jobs.table.ModelRow;
import dev.puad.jobs.table.Models;
import dev.puad.jobs.table.Tables;
import dev.puad.model.BadInputException;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.PackedDetector;
import dev.puad.model.detect.TeacherStatistics;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import dev.puad.model.stats.ChannelMoments;
import dev.puad.model.stats.FalseAlarmThreshold;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.functions;
import org.apache.spark.util.SerializableConfiguration;

/** Trains one category's bundle and publishes it in {@code puad.models}. */
public final class TrainCategory {

  /** The name of this detector in every table. */
  public static final String METHOD = "puad";

  private final Lake lake;
  private final TrainingPlan plan;
  private final Target target;

  /**
   * Where the result goes, and what it says of its origin.
   *
   * @param dataset the data set's name
   * @param bundles the directory of all bundles
   * @param configuration the resolved settings that decide the result, canonical JSON
   * @param limits what image files may be
   * @param run the run's name, for rejects
   * @param force whether to train although the same was trained before
   */
  public record Target(
      String dataset,
      Path bundles,
      String configuration,
      DecodeLimits limits,
      String run,
      boolean force) {}

  public TrainCategory(Lake lake, TrainingPlan plan, Target target) {
    this.lake = lake;
    this.plan = plan;
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
   * What came of it.
   *
   * @param model its row in {@code puad.models}
   * @param steps minibatches that were trained; 0 where the version existed already
   * @param threshold of the calibration
   * @param fitted what the threshold lets through; empty where the version existed already
   */
  public record Result(
      ModelRow model, int steps, double threshold, Optional<FalseAlarmThreshold> fitted) {}

  /**
   * Trains, unless the same configuration was trained on the same images before.
   *
   * @throws BadInputException if the images do not suffice
   */
  public Result train(CategoryFolder folder, Listener listener) {
    ModelFamily family = new ModelFamily(target.dataset(), folder.name(), METHOD);
    Models models = new Models(lake);
    int size = plan.architecture().imageSize();
    try (TrainingImages images = TrainingImages.read(lake.spark(), folder, size, target.limits())) {
      String fingerprint = fingerprint(images);
      Optional<ModelRow> existing = models.trainedBy(family, fingerprint);
      if (existing.isPresent() && !target.force()) {
        ModelRow model = existing.get();
        Bundle bundle = Bundle.open(Path.of(model.path()), model.checksum());
        models.makeCurrent(family, model.version());
        return new Result(model, 0, bundle.calibration().threshold(), Optional.empty());
      }
      return train(images, family, fingerprint, listener);
    }
  }

  private Result train(
      TrainingImages images, ModelFamily family, String fingerprint, Listener listener) {
    Architecture architecture = plan.architecture();
    if (plan.workers() > images.trainCount()) {
      throw new BadInputException(
          "Cannot train category %s with %d workers: it has %d training images. Use fewer workers."
              .formatted(family.category(), plan.workers(), images.trainCount()));
    }
    byte[] teacher = teacher();
    TeacherStatistics statistics = statistics(images, teacher);
    try (TrainingNetwork network = network()) {
      rounds(images, network, teacher, statistics, listener);
      PackedDetector detector =
          PackedDetector.of(architecture, teacher, network, statistics, plan.source());
      Calibrating.Calibrated calibrated =
          Calibrating.calibrate(
              detector,
              plan.mapVariant(),
              TrainingImages.decoded(images.train()),
              TrainingImages.decoded(images.validation()),
              plan.falseAlarmRate());
      ModelRow model = write(family, fingerprint, detector, network, calibrated);
      reject(images, family, model.version(), listener);
      new Models(lake).publish(model);
      return new Result(
          model,
          plan.steps(),
          calibrated.calibration().threshold(),
          Optional.of(calibrated.threshold()));
    }
  }

  private TrainingNetwork network() {
    return plan.input().penalty().isNone()
        ? TrainingNetwork.create(plan.architecture(), plan.seed())
        : TrainingNetwork.createWithPenalty(plan.architecture(), plan.seed());
  }

  private byte[] teacher() {
    try (TeacherNetwork teacher = TeacherNetwork.random(plan.architecture(), plan.seed())) {
      return teacher.bytes();
    }
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
    return TeacherStatistics.of(
        OrderedTree.aggregate(
            descriptions,
            new OrderedTree.Aggregator<>(
                ChannelMoments::new,
                (moments, description) -> moments.add(description, channels, positions),
                ChannelMoments::mergeWith)),
        plan.mapVariant());
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
      AveragingRounds rounds = new AveragingRounds(plan, settings, shards);
      rounds.run(network, listener::trained);
      rejectPenaltyImages(rounds.rejectedPenaltyImages(), listener);
    } finally {
      shards.unpersist();
      settings.destroy();
      ExecutorTeachers.release(id);
    }
  }

  private PenaltyReader penaltyReader() {
    return new PenaltyReader(
        new SerializableConfiguration(lake.spark().sessionState().newHadoopConf()),
        target.limits(),
        plan.architecture().imageSize());
  }

  private static void rejectPenaltyImages(SortedMap<String, String> rejected, Listener listener) {
    if (!rejected.isEmpty()) {
      String first = rejected.firstKey();
      listener.penaltyImagesRejected(rejected.size(), first + ": " + rejected.get(first));
    }
  }

  private ModelRow write(
      ModelFamily family,
      String fingerprint,
      PackedDetector detector,
      TrainingNetwork network,
      Calibrating.Calibrated calibrated) {
    Path parent = target.bundles().resolve(family.dataset()).resolve(family.category());
    for (long version = new Models(lake).nextVersion(family); ; version++) {
      Path path = parent.resolve("v" + version);
      Bundle.Identity identity =
          new Bundle.Identity(
              family.dataset(), family.category(), family.method(), version, fingerprint);
      Bundle bundle =
          Bundle.of(
              identity,
              target.configuration(),
              detector,
              network.bytes(),
              calibrated.calibration());
      try {
        String checksum = bundle.write(path);
        return new ModelRow(
            family,
            version,
            Instant.now(),
            target.configuration(),
            fingerprint,
            metrics(calibrated.threshold()),
            path.toString(),
            checksum,
            "ready");
      } catch (IOException e) {
        // Another training has taken this version, and may not have published it yet.
        if (!Files.exists(path)) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void reject(TrainingImages images, ModelFamily family, long version, Listener listener) {
    ScoreImages.Stamp stamp =
        new ScoreImages.Stamp(family, version, target.run(), Timestamp.from(Instant.now()));
    long rejected =
        lake.merge(Tables.REJECTS, ScoreImages.rejects(images.rejected(), stamp, functions.lit(1)));
    if (rejected > 0) {
      listener.rejected(rejected);
    }
  }

  private String fingerprint(TrainingImages images) {
    MessageDigest digest = TrainingImages.sha256();
    digest.update(target.configuration().getBytes(StandardCharsets.UTF_8));
    digest.update(images.fingerprint().getBytes(StandardCharsets.UTF_8));
    digest.update(plan.input().penalty().fingerprint().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String metrics(FalseAlarmThreshold threshold) {
    return String.format(
        Locale.ROOT,
        "{\"threshold\":%s,\"validation-images\":%d,\"validation-images-above\":%d,"
            + "\"expected-false-alarm-rate\":%s}",
        threshold.value(),
        threshold.images(),
        threshold.exceeding(),
        threshold.expectedRate());
  }
}
