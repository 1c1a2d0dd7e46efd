package dev.puad.jobs.train;

import dev.puad.jobs.pipeline.ExecutorDetectors;
import dev.puad.jobs.pipeline.OrderedTree;
import dev.puad.jobs.pipeline.ScoringPlan;
import dev.puad.model.detect.Analysis;
import dev.puad.model.detect.Calibration;
import dev.puad.model.detect.Detector;
import dev.puad.model.detect.Fit;
import dev.puad.model.detect.FittedScores;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.detect.MapScaling;
import dev.puad.model.detect.MapVariant;
import dev.puad.model.detect.PackedNetworks;
import dev.puad.model.detect.Scorer;
import dev.puad.model.network.Architecture;
import dev.puad.model.stats.BucketHistograms;
import dev.puad.model.stats.ExactQuantiles;
import dev.puad.model.stats.FoldMoments;
import dev.puad.model.stats.Gaussian;
import dev.puad.model.stats.RadixHistogram;
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
 *
 * <p>Where validation images are few, all of these are of training and validation images together,
 * each scored by a Gaussian that has not seen it ({@link FittedScores#ofCrossFitted}).
 */
final class Calibrating {

  private final Architecture architecture;
  private final Choices choices;
  private final Function<JavaRDD<Seen>, MapScaling> scaling;

  private Calibrating(
      Architecture architecture, Choices choices, Function<JavaRDD<Seen>, MapScaling> scaling) {
    this.architecture = architecture;
    this.choices = choices;
    this.scaling = scaling;
  }

  /** A calibration, the graph it was fitted with, and the scores that it was fitted to. */
  record Calibrated(GraphVariant graph, Calibration calibration, FittedScores scores) {}

  /** What the networks say of an image, and its file's width and height in pixels. */
  private record Seen(Analysis analysis, int width, int height) implements Serializable {}

  /** An image in its fold. */
  private record Dealt(Seen seen, int fold) implements Serializable {}

  /**
   * How to calibrate.
   *
   * @param variant whose code the anomaly maps follow
   * @param falseAlarmRate the share of normal images that may lie above the threshold
   * @param crossFitBelow with fewer validation images, statistics are cross-fitted; 0 for never
   * @param scoring by which graph and where; image by image, whatever its batch
   */
  record Choices(
      MapVariant variant, double falseAlarmRate, int crossFitBelow, ScoringPlan scoring) {}

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
    JavaRDD<DecodedImage> validation = TrainingImages.decoded(images.validation());
    Calibrating calibrating = new Calibrating(networks.architecture(), choices, scaling);
    try (ExecutorDetectors.Sent shared =
        ExecutorDetectors.Sent.of(
            JavaSparkContext.fromSparkContext(train.context()),
            networks.detector(choices.scoring().graph()),
            choices.scoring().device())) {
      return images.validationCount() < choices.crossFitBelow()
          ? calibrating.crossFitted(
              analyze(train.union(validation), shared),
              Math.toIntExact(images.trainCount()),
              Math.toIntExact(images.trainCount() + images.validationCount()))
          : calibrating.heldBack(analyze(train, shared), analyze(validation, shared));
    }
  }

  /** The papers' way: the Gaussian is of training images, all the rest of validation images. */
  private Calibrated heldBack(JavaRDD<Seen> train, JavaRDD<Seen> validation) {
    validation.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      MapScaling mapScaling = scaling.apply(validation);
      Scorer scorer =
          scorer(
              mapScaling,
              Gaussian.fit(
                  OrderedTree.aggregate(
                      train.map(seen -> seen.analysis().features()),
                      new OrderedTree.Aggregator<double[], VectorMoments>(
                          VectorMoments::new, VectorMoments::add, VectorMoments::mergeWith))));
      List<Scorer.Scores> scores =
          scores(validation.map(seen -> new Dealt(seen, 0)), List.of(scorer));
      return calibrated(
          scorer,
          FittedScores.ofHeldBack(scores, choices.falseAlarmRate()),
          new Fit(scores.size(), 0));
    } finally {
      validation.unpersist();
    }
  }

  /**
   * Each image scored by a Gaussian of the other folds; the Gaussian that is kept is of all images.
   *
   * @param analyses training images, then validation images
   * @param trained how many of them the networks were trained on
   * @param count how many they are, at least 2
   */
  private Calibrated crossFitted(JavaRDD<Seen> analyses, int trained, int count) {
    int folds = FittedScores.folds(count);
    analyses.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      JavaRDD<Dealt> dealt =
          analyses.zipWithIndex().map(seen -> new Dealt(seen._1(), (int) (seen._2() % folds)));
      FoldMoments moments =
          OrderedTree.aggregate(
              dealt,
              new OrderedTree.Aggregator<>(
                  () -> new FoldMoments(folds),
                  (state, image) -> state.add(image.fold(), image.seen().analysis().features()),
                  FoldMoments::mergeWith));
      VectorMoments all = moments.all();
      MapScaling mapScaling = scaling.apply(analyses);
      List<Scorer> withoutFold =
          moments.without().stream()
              .map(others -> scorer(mapScaling, Gaussian.fit(others, all)))
              .toList();
      return calibrated(
          scorer(mapScaling, Gaussian.fit(all, all)),
          FittedScores.ofCrossFitted(scores(dealt, withoutFold), trained, choices.falseAlarmRate()),
          new Fit(count, folds));
    } finally {
      analyses.unpersist();
    }
  }

  private Calibrated calibrated(Scorer scorer, FittedScores fitted, Fit fit) {
    return new Calibrated(
        choices.scoring().graph(),
        new Calibration(
            scorer, fitted.picturable(), fitted.unpicturable(), fitted.threshold().value(), fit),
        fitted);
  }

  private Scorer scorer(MapScaling mapScaling, Gaussian gaussian) {
    return new Scorer(
        architecture.imageSize(),
        architecture.outputSize(),
        choices.variant(),
        mapScaling,
        gaussian);
  }

  /**
   * A handful of numbers an image, in the order of the images.
   *
   * @param scorers one a fold
   */
  private static List<Scorer.Scores> scores(JavaRDD<Dealt> images, List<Scorer> scorers) {
    Broadcast<List<Scorer>> shared =
        JavaSparkContext.fromSparkContext(images.context()).broadcast(List.copyOf(scorers));
    try {
      return images
          .map(
              image -> {
                Seen seen = image.seen();
                return shared
                    .value()
                    .get(image.fold())
                    .score(seen.analysis(), seen.width(), seen.height());
              })
          .collect();
    } finally {
      shared.destroy();
    }
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

  private static <T> Stream<T> stream(Iterator<T> elements) {
    Iterable<T> once = () -> elements;
    return StreamSupport.stream(once.spliterator(), false);
  }
}
