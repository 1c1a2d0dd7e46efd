package dev.puad.jobs.train;

import dev.puad.jobs.pipeline.OrderedTree;
import dev.puad.jobs.pipeline.ScoreImages;
import dev.puad.jobs.pipeline.TaskDetector;
import dev.puad.model.detect.Analysis;
import dev.puad.model.detect.Calibration;
import dev.puad.model.detect.Detector;
import dev.puad.model.detect.MapScaling;
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
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
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

  /**
   * Fits a detector's calibration.
   *
   * @param train pixels of the training images
   * @param validation pixels of the validation images, at least two
   * @param falseAlarmRate the share of normal images that may lie above the threshold
   */
  static Calibrated calibrate(
      PackedDetector detector,
      JavaRDD<byte[]> train,
      JavaRDD<byte[]> validation,
      double falseAlarmRate) {
    Broadcast<PackedDetector> shared =
        JavaSparkContext.fromSparkContext(train.context()).broadcast(detector);
    Architecture sizes = detector.architecture();
    Gaussian gaussian = gaussian(analyze(train, shared));
    JavaRDD<Analysis> analyses =
        analyze(validation, shared).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      double[] student = quantiles(analyses, sizes, Analysis::student);
      double[] autoencoder = quantiles(analyses, sizes, Analysis::autoencoder);
      MapScaling scaling = new MapScaling(student[0], student[1], autoencoder[0], autoencoder[1]);
      Scorer scorer = new Scorer(sizes.imageSize(), sizes.outputSize(), scaling, gaussian);
      Broadcast<Scorer> scoring =
          JavaSparkContext.fromSparkContext(train.context()).broadcast(scorer);
      // A handful of numbers an image, in the order of the images.
      List<Scorer.Scores> scores =
          analyses.map(analysis -> scoring.value().score(analysis)).collect();
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

  private static JavaRDD<Analysis> analyze(
      JavaRDD<byte[]> pixels, Broadcast<PackedDetector> shared) {
    return pixels.mapPartitions(
        images -> {
          if (!images.hasNext()) {
            return List.<Analysis>of().iterator();
          }
          Detector detector = TaskDetector.open(shared.value());
          return stream(images)
              .map(image -> detector.analyze(ScoreImages.normalized(image)))
              .iterator();
        });
  }

  private static Gaussian gaussian(JavaRDD<Analysis> analyses) {
    return Gaussian.fit(
        OrderedTree.aggregate(
            analyses.map(Analysis::features),
            new OrderedTree.Aggregator<double[], VectorMoments>(
                VectorMoments::new, VectorMoments::add, VectorMoments::mergeWith)));
  }

  /** q_a and q_b over every pixel of the maps at the image's size, in two passes. */
  private static double[] quantiles(
      JavaRDD<Analysis> analyses, Architecture sizes, Function<Analysis, float[]> part) {
    JavaRDD<float[]> maps =
        analyses.map(
            analysis -> Scorer.resize(part.call(analysis), sizes.outputSize(), sizes.imageSize()));
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
