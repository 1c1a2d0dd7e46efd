package dev.puad.jobs.train;

import dev.puad.jobs.pipeline.OrderedTree;
import dev.puad.jobs.pipeline.ScoreImages;
import dev.puad.jobs.pipeline.TaskDetector;
import dev.puad.model.detect.Analysis;
import dev.puad.model.detect.Calibration;
import dev.puad.model.detect.Detector;
import dev.puad.model.detect.MapScaling;
import dev.puad.model.detect.MapVariant;
import dev.puad.model.detect.PackedDetector;
import dev.puad.model.detect.ScoreNormalization;
import dev.puad.model.detect.Scorer;
import dev.puad.model.network.Architecture;
import dev.puad.model.stats.BucketHistograms;
import dev.puad.model.stats.ExactQuantiles;
import dev.puad.model.stats.FalseAlarmThreshold;
import dev.puad.model.stats.Gaussian;
import dev.puad.model.stats.RadixHistogram;
import dev.puad.model.stats.ScalarMoments;
import dev.puad.model.stats.VectorMoments;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/**
 * What is fitted once the networks are trained, each by a mergeable aggregation: the Gaussian of
 * the training images' features, the quantiles of the validation maps, the moments of the
 * validation scores, and the threshold (EfficientAD section 3.4, PUAD sections 3.3 and 3.4).
 */
final class Calibrating {

  private Calibrating() {}

  /** A calibration, and what its threshold lets through. */
  record Calibrated(Calibration calibration, FalseAlarmThreshold threshold) {}

  /** What the networks say of an image, and its file's width and height in pixels. */
  private record Seen(Analysis analysis, int width, int height) implements Serializable {}

  /**
   * Fits a detector's calibration.
   *
   * @param variant whose code the anomaly maps follow
   * @param train the training images
   * @param validation the validation images, at least two
   * @param falseAlarmRate the share of normal images that may lie above the threshold
   */
  static Calibrated calibrate(
      PackedDetector detector,
      MapVariant variant,
      JavaRDD<DecodedImage> train,
      JavaRDD<DecodedImage> validation,
      double falseAlarmRate) {
    Broadcast<PackedDetector> shared =
        JavaSparkContext.fromSparkContext(train.context()).broadcast(detector);
    Architecture sizes = detector.architecture();
    Gaussian gaussian = gaussian(analyze(train, shared));
    JavaRDD<Seen> analyses = analyze(validation, shared).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      int side = sizes.outputSize();
      int size = sizes.imageSize();
      double[] student =
          quantiles(
              analyses.map(seen -> variant.calibrated(seen.analysis().student(), side, size)));
      double[] autoencoder =
          quantiles(
              analyses.map(seen -> variant.calibrated(seen.analysis().autoencoder(), side, size)));
      MapScaling scaling = new MapScaling(student[0], student[1], autoencoder[0], autoencoder[1]);
      Scorer scorer = new Scorer(size, side, variant, scaling, gaussian);
      Broadcast<Scorer> scoring =
          JavaSparkContext.fromSparkContext(train.context()).broadcast(scorer);
      // A handful of numbers an image, in the order of the images.
      List<Scorer.Scores> scores =
          analyses
              .map(seen -> scoring.value().score(seen.analysis(), seen.width(), seen.height()))
              .collect();
      ScoreNormalization picturable =
          ScoreNormalization.of(
              "picturable", moments(scores.stream().map(Scorer.Scores::picturable)));
      ScoreNormalization unpicturable =
          ScoreNormalization.of(
              "unpicturable", moments(scores.stream().map(Scorer.Scores::unpicturable)));
      double[] sums =
          scores.stream()
              .mapToDouble(s -> picturable.z(s.picturable()) + unpicturable.z(s.unpicturable()))
              .toArray();
      FalseAlarmThreshold threshold = FalseAlarmThreshold.of(sums, falseAlarmRate);
      return new Calibrated(
          new Calibration(scorer, picturable, unpicturable, threshold.value()), threshold);
    } finally {
      analyses.unpersist();
      shared.destroy();
    }
  }

  private static JavaRDD<Seen> analyze(
      JavaRDD<DecodedImage> decoded, Broadcast<PackedDetector> shared) {
    return decoded.mapPartitions(
        images -> {
          if (!images.hasNext()) {
            return List.<Seen>of().iterator();
          }
          Detector detector = TaskDetector.open(shared.value());
          return stream(images)
              .map(
                  image ->
                      new Seen(
                          detector.analyze(ScoreImages.normalized(image.pixels())),
                          image.width(),
                          image.height()))
              .iterator();
        });
  }

  private static Gaussian gaussian(JavaRDD<Seen> analyses) {
    return Gaussian.fit(
        OrderedTree.aggregate(
            analyses.map(seen -> seen.analysis().features()),
            new OrderedTree.Aggregator<double[], VectorMoments>(
                VectorMoments::new, VectorMoments::add, VectorMoments::mergeWith)));
  }

  /** q_a and q_b over every value of the maps, in two passes. */
  private static double[] quantiles(JavaRDD<float[]> maps) {
    RadixHistogram first =
        OrderedTree.aggregate(
            maps,
            new OrderedTree.Aggregator<>(
                RadixHistogram::new, RadixHistogram::add, RadixHistogram::mergeWith));
    ExactQuantiles plan =
        ExactQuantiles.plan(first, MapScaling.LOW_PROBABILITY, MapScaling.HIGH_PROBABILITY);
    BucketHistograms second =
        OrderedTree.aggregate(
            maps,
            new OrderedTree.Aggregator<>(
                plan::secondPass, BucketHistograms::add, BucketHistograms::mergeWith));
    return plan.quantiles(second);
  }

  private static ScalarMoments moments(Stream<Double> scores) {
    ScalarMoments moments = new ScalarMoments();
    scores.forEach(moments::add);
    return moments;
  }

  private static <T> Stream<T> stream(Iterator<T> elements) {
    Iterable<T> once = () -> elements;
    return StreamSupport.stream(once.spliterator(), false);
  }
}
