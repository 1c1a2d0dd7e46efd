package dev.puad.jobs.train;

import dev.puad.model.dataset.Augmentation;
import dev.puad.model.detect.FeatureSource;
import dev.puad.model.detect.MapVariant;
import dev.puad.model.network.Architecture;

/**
 * How to train.
 *
 * @param architecture the networks' sizes and recipe
 * @param steps minibatches over all workers
 * @param batchSize images a minibatch
 * @param workers whose parameters are averaged
 * @param averagingFrequency minibatches of each worker between two averagings
 * @param source whose features give the unpicturable score
 * @param mapVariant whose code the anomaly maps follow
 * @param falseAlarmRate the share of normal images that may lie above the threshold
 * @param crossFitBelow with fewer validation images, statistics are cross-fitted; 0 for never
 * @param seed of every random choice
 * @param input what training takes besides its images
 */
public record TrainingPlan(
    Architecture architecture,
    int steps,
    int batchSize,
    int workers,
    int averagingFrequency,
    FeatureSource source,
    MapVariant mapVariant,
    double falseAlarmRate,
    int crossFitBelow,
    long seed,
    Input input) {

  /**
   * What training takes besides its images.
   *
   * @param teacher whom the student learns from
   * @param augmentation of the training images
   * @param penalty natural images
   * @param teacherCacheBytes of each JVM, for the teacher's outputs for unaugmented images; 0 for
   *     none
   */
  public record Input(
      TeacherSource teacher,
      Augmentation augmentation,
      NaturalImages penalty,
      long teacherCacheBytes) {

    /** A random teacher, training images as they are, and nothing else. */
    public static final Input PLAIN =
        new Input(TeacherSource.RANDOM, Augmentation.NONE, NaturalImages.NONE, 0);
  }
}
