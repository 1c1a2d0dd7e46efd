package dev.puad.jobs.train;

import dev.puad.jobs.pipeline.ExecutorDetectors;
import dev.puad.jobs.pipeline.OrderedTree;
import dev.puad.jobs.pipeline.ScoringPlan;
import dev.puad.model.detect.Analysis;
import dev.puad.model.detect.Calibration;
import dev.puad.model.detect.Detector;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.detect.MapScaling;
import dev.puad.model.detect.MapVariant;
import dev.puad.model.detect.PackedNetworks;
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
import java.util.function.Function;
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

  /** A calibration, the graph it was fitted with, and what its threshold lets through. */
  record Calibrated(GraphVariant graph, Calibration calibration, FalseAlarmThreshold threshold) {}

  /** What the networks say of an image, and its file's width and height in pixels. */
  private record Seen(Analysis analysis, int width, int height) implements Serializable {}

  /**
   * How to calibrate.
   *
   * @param variant whose code the anomaly maps follow
   * @param falseAlarmRate the share of normal images that may lie above the threshold
   * @param scoring by which graph and where; image by image, whatever its batch
   */
  record Choices(MapVariant variant, double falseAlarmRate, ScoringPlan scoring) {}

  /** Fits a calibration of networks to a category's images. */
  static Calibrated calibrate(PackedNetworks networks, TrainingImages images, Choices choices) {
    return calibrate(
        networks, images, choices, analyses -> scaling(analyses, networks.architecture(), choices));
  }

  /** The same with the scaling of the maps that a detector brings with it. */
  static Calibrated calibrate(
      PackedNetworks networks, TrainingImages images, Choices choices, MapScaling scaling) {
    return calibrate(networks, images, choices, analyses -> scaling);
  }

  private static Calibrated calibrate(
      PackedNetworks networks,
      TrainingImages images,
      Choices choices,
      Function<JavaRDD<Seen>, MapScaling> scaling) {
    JavaRDD<DecodedImage> train = TrainingImages.decoded(images.train());
    JavaSparkContext context = JavaSparkContext.fromSparkContext(train.context());
    Architecture architecture = networks.architecture();
    ExecutorDetectors.Sent shared =
        ExecutorDetectors.Sent.of(
            context, networks.detector(choices.scoring().graph()), choices.scoring().device());
    JavaRDD<Seen> analyses =
        analyze(TrainingImages.decoded(images.validation()), shared)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Scorer scorer =
          new Scorer(
              architecture.imageSize(),
              architecture.outputSize(),
              choices.variant(),
              scaling.apply(analyses),
              gaussian(analyze(train, shared)));
      List<Scorer.Scores> scores = scores(analyses, context.broadcast(scorer));
      return calibrated(choices.scoring().graph(), scorer, scores, choices);
    } finally {
      analyses.unpersist();
      shared.close();
    }
  }

  /** A handful of numbers an image, in the order of the images. */
  private static List<Scorer.Scores> scores(JavaRDD<Seen> analyses, Broadcast<Scorer> scorer) {
    try {
      return analyses
          .map(seen -> scorer.value().score(seen.analysis(), seen.width(), seen.height()))
          .collect();
    } finally {
      scorer.destroy();
    }
  }

  private static Calibrated calibrated(
      GraphVariant graph, Scorer scorer, List<Scorer.Scores> scores, Choices choices) {
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
    FalseAlarmThreshold threshold = FalseAlarmThreshold.of(sums, choices.falseAlarmRate());
    return new Calibrated(
        graph, new Calibration(scorer, picturable, unpicturable, threshold.value()), threshold);
  }

  private static MapScaling scaling(
      JavaRDD<Seen> analyses, Architecture architecture, Choices choices) {
    MapVariant variant = choices.variant();
    int side = architecture.outputSize();
    int size = architecture.imageSize();
    double[] student =
        quantiles(analyses.map(seen -> variant.calibrated(seen.analysis().student(), side, size)));
    double[] autoencoder =
        quantiles(
            analyses.map(seen -> variant.calibrated(seen.analysis().autoencoder(), side, size)));
    return new MapScaling(student[0], student[1], autoencoder[0], autoencoder[1]);
  }

  private static JavaRDD<Seen> analyze(
      JavaRDD<DecodedImage> decoded, ExecutorDetectors.Sent shared) {
    return decoded.mapPartitions(
        images -> {
          if (!images.hasNext()) {
            return List.<Seen>of().iterator();
          }
          Detector detector = shared.open();
          return stream(images)
              .map(
                  image ->
                      new Seen(
                          detector.analyze(List.of(image.pixels())).get(0),
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
