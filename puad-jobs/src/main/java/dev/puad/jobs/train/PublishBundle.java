package dev.puad.jobs.train;

import static org.apache.spark.sql.functions.lit;

import dev.puad.jobs.pipeline.CategoryFolder;
import dev.puad.jobs.pipeline.ScoreImages;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.ModelFamily;
import dev.puad.jobs.table.ModelRow;
import dev.puad.jobs.table.Models;
import dev.puad.jobs.table.Tables;
import dev.puad.model.BadInputException;
import dev.puad.model.Sha256;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.Calibration;
import dev.puad.model.detect.FittedScores;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.detect.PackedNetworks;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.stats.FalseAlarmThreshold;
import dev.puad.model.stats.FalseAlarms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A category's next version, whoever makes its networks: written as a bundle and published in
 * {@code puad.models}, unless a version of the same origin is there already.
 */
public final class PublishBundle {

  private final Lake lake;
  private final Target target;

  /**
   * Where the result goes, and what it says of its origin.
   *
   * @param dataset the data set's name
   * @param bundles the directory of all bundles
   * @param configuration the resolved settings that decide the result, canonical JSON
   * @param fingerprinted the same with what files hold instead of where they are
   * @param limits what image files may be
   * @param run the run's name, for rejects
   * @param repeat what to do where there is a version of the same origin
   */
  public record Target(
      String dataset,
      Path bundles,
      String configuration,
      String fingerprinted,
      DecodeLimits limits,
      String run,
      Repeat repeat) {}

  /** What to do where there is a version of the same origin. */
  public enum Repeat {
    /** Return the one that is there, and leave the current version as it is. */
    REUSE,
    /** Return the one that is there, and make it current. */
    MAKE_CURRENT,
    /** Make another. */
    MAKE_ANOTHER
  }

  /**
   * What came of it.
   *
   * @param model its row in {@code puad.models}
   * @param current the category's version that is used when nobody asks for one
   * @param steps minibatches that were trained; 0 where the version existed already
   * @param calibration by the graph that calibrated it
   * @param fitted what the threshold lets through; empty where the version existed already
   */
  public record Result(
      ModelRow model,
      long current,
      int steps,
      Calibration calibration,
      Optional<FittedScores> fitted) {

    /** A score above it is an anomaly. */
    public double threshold() {
      return calibration.threshold();
    }
  }

  /**
   * The networks of a version, calibrated.
   *
   * @param network student, autoencoder and updater as a DL4J model zip
   * @param steps minibatches that were trained
   */
  record Made(
      PackedNetworks networks, byte[] network, int steps, Calibrating.Calibrated calibrated) {}

  /**
   * What a version is made of.
   *
   * @param folder the category's
   * @param imageSize the side of the networks' input, in pixels
   * @param crossFitBelow with fewer validation images, statistics are cross-fitted; 0 for never
   * @param fingerprint of all that decides the result, besides settings and images
   */
  record Origin(CategoryFolder folder, int imageSize, int crossFitBelow, String fingerprint) {}

  PublishBundle(Lake lake, Target target) {
    this.lake = lake;
    this.target = target;
  }

  /**
   * Publishes a version.
   *
   * @param making makes and calibrates its networks
   * @param rejected hears the number of images that cannot be used, if there are any
   * @throws BadInputException if the images do not suffice
   */
  Result publish(Origin origin, Function<TrainingImages, Made> making, LongConsumer rejected) {
    ModelFamily family =
        new ModelFamily(target.dataset(), origin.folder().name(), TrainCategory.METHOD);
    Models models = new Models(lake);
    try (TrainingImages images =
        TrainingImages.read(
            lake.spark(),
            origin.folder(),
            origin.imageSize(),
            origin.crossFitBelow(),
            target.limits())) {
      String fingerprint = fingerprint(images, origin);
      Optional<ModelRow> existing = models.trainedBy(family, fingerprint);
      if (existing.isPresent() && target.repeat() != Repeat.MAKE_ANOTHER) {
        return reused(models, existing.get());
      }
      Made made = making.apply(images);
      ModelRow model = write(family, fingerprint, made);
      reject(images, model, rejected);
      models.publish(model);
      return new Result(
          model,
          model.version(),
          made.steps(),
          made.calibrated().calibration(),
          Optional.of(made.calibrated().scores()));
    }
  }

  private Result reused(Models models, ModelRow model) {
    Bundle bundle = Bundle.open(Path.of(model.path()), model.checksum());
    if (target.repeat() == Repeat.MAKE_CURRENT) {
      models.makeCurrent(model.family(), model.version());
    }
    long current = models.current(model.family()).version();
    return new Result(model, current, 0, bundle.calibration(GraphVariant.PLAIN), Optional.empty());
  }

  private ModelRow write(ModelFamily family, String fingerprint, Made made) {
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
              made.networks(),
              made.network(),
              Map.of(made.calibrated().graph().statistics(), made.calibrated().calibration()));
      try {
        String checksum = bundle.write(path);
        return new ModelRow(
            family,
            version,
            Instant.now(),
            target.configuration(),
            fingerprint,
            metrics(made.calibrated()),
            path.toString(),
            checksum,
            "ready");
      } catch (IOException e) {
        // Another run has taken this version, and may not have published it yet.
        if (!Files.exists(path)) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void reject(TrainingImages training, ModelRow model, LongConsumer listener) {
    ScoreImages.Stamp stamp =
        new ScoreImages.Stamp(
            model.family().dataset(),
            model.family().method(),
            target.run(),
            Timestamp.from(Instant.now()));
    Dataset<Row> images =
        training
            .rejected()
            .withColumn("category", lit(model.family().category()))
            .withColumn("version", lit(model.version()));
    long rejected = lake.merge(Tables.REJECTS, ScoreImages.rejects(images, stamp, lit(1)));
    if (rejected > 0) {
      listener.accept(rejected);
    }
  }

  private String fingerprint(TrainingImages images, Origin origin) {
    MessageDigest digest = Sha256.digest();
    digest.update(target.fingerprinted().getBytes(StandardCharsets.UTF_8));
    digest.update(images.fingerprint().getBytes(StandardCharsets.UTF_8));
    digest.update(origin.fingerprint().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String metrics(Calibrating.Calibrated calibrated) {
    FalseAlarmThreshold threshold = calibrated.scores().threshold();
    FalseAlarms falseAlarms = calibrated.scores().falseAlarms();
    return String.format(
        Locale.ROOT,
        "{\"threshold\":%s,\"validation-images\":%d,\"validation-images-above\":%d,"
            + "\"cross-fitted-folds\":%d,\"expected-false-alarm-rate\":%s,"
            + "\"least-false-alarm-rate\":%s,\"greatest-false-alarm-rate\":%s}",
        threshold.value(),
        threshold.images(),
        threshold.exceeding(),
        calibrated.calibration().fit().folds(),
        falseAlarms.expected(),
        falseAlarms.least(),
        falseAlarms.greatest());
  }
}
