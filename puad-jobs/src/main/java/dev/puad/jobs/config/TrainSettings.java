package dev.puad.jobs.config;

import dev.puad.model.dataset.Augmentation;
import dev.puad.model.detect.FeatureSource;
import dev.puad.model.detect.MapVariant;
import dev.puad.model.network.Architecture;

/**
 * How a bundle is trained.
 *
 * @param network small, medium or tiny
 * @param imageSize the side of the networks' input in pixels; 0 for the network's own
 * @param teacher builtin, random, or a file of weights
 * @param steps minibatches over all workers; 0 for the network's own default
 * @param batchSize images in one minibatch
 * @param workers workers whose parameters are averaged
 * @param averagingFrequency minibatches of each worker between two averagings
 * @param augmentation how training images are varied: none, loco, or steps with commas between
 * @param penaltyImages natural images for EfficientAD's penalty term: a folder, or generated; empty
 *     for none
 * @param teacherCacheBytes of each JVM, for the teacher's outputs for unaugmented images
 * @param falseAlarmRate fraction of normal validation images above the threshold, in (0, 1)
 * @param crossFitBelow with fewer validation images, statistics are cross-fitted; 0 for never
 * @param unpicturableFeatures student or teacher
 * @param mapVariant puad or nelson1425
 */
public record TrainSettings(
    String network,
    int imageSize,
    String teacher,
    int steps,
    int batchSize,
    int workers,
    int averagingFrequency,
    String augmentation,
    String penaltyImages,
    long teacherCacheBytes,
    double falseAlarmRate,
    int crossFitBelow,
    String unpicturableFeatures,
    String mapVariant) {

  public TrainSettings {
    Check.oneOf("train.network", network, Architecture.names());
    Check.notNegative("train.image-size", imageSize);
    Check.notBlank("train.teacher", teacher);
    Check.notNegative("train.steps", steps);
    Check.positive("train.batch-size", batchSize);
    Check.positive("train.workers", workers);
    Check.positive("train.averaging-frequency", averagingFrequency);
    Check.demand(
        Augmentation.isKnown(augmentation),
        "train.augmentation",
        augmentation,
        "must be " + Augmentation.known());
    Check.notNegative("train.teacher-cache-bytes", teacherCacheBytes);
    Check.properFraction("train.false-alarm-rate", falseAlarmRate);
    Check.notNegative("train.cross-fit-below", crossFitBelow);
    Check.oneOf("train.unpicturable-features", unpicturableFeatures, FeatureSource.names());
    Check.oneOf("train.map-variant", mapVariant, MapVariant.names());
  }
}
