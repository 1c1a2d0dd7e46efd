package dev.puad.jobs.distill;

import dev.puad.jobs.pipeline.OrderedTree;
import dev.puad.jobs.train.NaturalImageReader;
import dev.puad.jobs.train.RandomStreams;
import dev.puad.model.BadInputException;
import dev.puad.model.distill.Backbone;
import dev.puad.model.distill.FeatureMap;
import dev.puad.model.distill.TeacherFile;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.ChannelMap;
import dev.puad.model.stats.ChannelMoments;
import dev.puad.model.stats.OrthogonalMatrix;
import java.util.Iterator;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;

/**
 * What a backbone says of images, and what a teacher is to make of it: as many channels as it has,
 * each of mean 0 and variance 1.
 *
 * @param rejected images that could not be used
 */
record MeasureBackbone(
    JavaSparkContext context,
    DistillPlan plan,
    Broadcast<Examples> examples,
    CollectionAccumulator<NaturalImageReader.Rejected> rejected) {

  /** Partitions depend on the number of images only, so that sums over them repeat. */
  private static final int RUNS_PER_TASK = 8;

  /**
   * What was measured.
   *
   * @param statistics of the backbone's features
   * @param target what the features become
   */
  record Measured(TeacherFile.Statistics statistics, ChannelMap target) {}

  /**
   * Measures.
   *
   * @param draws parts of images
   * @throws BadInputException if backbone and teacher do not fit, or no image can be used
   */
  Measured on(List<Examples.Draw> draws) {
    int features = featureCount();
    ChannelMoments moments = moments(draws, List.of());
    TeacherFile.Statistics statistics =
        new TeacherFile.Statistics(moments.mean(), moments.standardDeviation(0));
    ChannelMap target = ChannelMap.standardizing(statistics.mean(), statistics.deviation());
    if (plan.recipe().projects()) {
      target = target.then(projection(features));
      ChannelMoments projected = moments(draws, List.of(target));
      target =
          target.then(ChannelMap.standardizing(projected.mean(), projected.standardDeviation(0)));
    }
    return new Measured(statistics, target);
  }

  /** K, by what the backbone says of a blank image. */
  private int featureCount() {
    BackboneChoice choice = plan.backbone();
    try (Backbone backbone =
        Backbone.open(choice.onnx(), choice.source(), choice.outputs(), NativeThreads.count())) {
      int size = choice.size();
      List<FeatureMap> outputs = backbone.describe(new float[1][3 * size * size], size);
      if (!choice.centres().isEmpty()) {
        checkCentres(choice, outputs);
      }
      int features = examples.value().features().channels(outputs);
      if (features < plan.architecture().channels()) {
        throw new BadInputException(
            ("Cannot distil network %s from %s: its outputs %s have %d channels, fewer than the"
                    + " teacher's %d. Choose more outputs with --backbone-outputs, or another"
                    + " network.")
                .formatted(
                    plan.architecture().name(),
                    choice.source(),
                    backbone.outputs(),
                    features,
                    plan.architecture().channels()));
      }
      return features;
    }
  }

  private static void checkCentres(BackboneChoice choice, List<FeatureMap> outputs) {
    for (int i = 0; i < outputs.size(); i++) {
      FeatureMap map = outputs.get(i);
      int stride = choice.size() / map.height();
      boolean halvings = Integer.bitCount(stride) == 1;
      if (!halvings || choice.size() != stride * map.height() || map.height() != map.width()) {
        throw new BadInputException(
            ("Cannot use --backbone-centres with output %s of %s: on images of %d px it has %d x %d"
                    + " cells, which is no stride of 2, 4, 8 and so on. Choose another"
                    + " --backbone-size, or leave the centres out.")
                .formatted(
                    choice.outputs().get(i),
                    choice.source(),
                    choice.size(),
                    map.height(),
                    map.width()));
      }
    }
  }

  private ChannelMap projection(int features) {
    Architecture architecture = plan.architecture();
    return ChannelMap.linear(
        OrthogonalMatrix.random(
            architecture.channels(),
            features,
            RandomStreams.of(plan.seed(), RandomStreams.PROJECTION, 0, 0)),
        architecture.channels());
  }

  /** Of the backbone's features, or of what maps make of them one after the other. */
  private ChannelMoments moments(List<Examples.Draw> draws, List<ChannelMap> maps) {
    List<List<Examples.Draw>> runs = Examples.runs(draws);
    int partitions = (runs.size() + RUNS_PER_TASK - 1) / RUNS_PER_TASK;
    Broadcast<List<ChannelMap>> mapping = context.broadcast(maps);
    int positions = examples.value().side() * examples.value().side();
    JavaRDD<float[]> features =
        context.parallelize(runs, partitions).mapPartitions(described(mapping));
    try {
      return OrderedTree.aggregate(
          features,
          new OrderedTree.Aggregator<>(
              ChannelMoments::new,
              (moments, values) -> moments.add(values, values.length / positions, positions),
              ChannelMoments::mergeWith));
    } finally {
      mapping.destroy();
    }
  }

  /** Says what the backbone says of runs of images; what tasks need is all that it holds. */
  private FlatMapFunction<Iterator<List<Examples.Draw>>, float[]> described(
      Broadcast<List<ChannelMap>> mapping) {
    Broadcast<Examples> shared = examples;
    CollectionAccumulator<NaturalImageReader.Rejected> rejects = rejected;
    return runs -> {
      ExecutorBackbones.Open backbone = shared.value().open();
      Iterable<List<Examples.Draw>> once = () -> runs;
      return StreamSupport.stream(once.spliterator(), false)
          .flatMap(run -> shared.value().features(backbone, run, rejects::add).stream())
          .map(values -> mapped(values, mapping.value()))
          .iterator();
    };
  }

  private static float[] mapped(float[] features, List<ChannelMap> maps) {
    float[] values = features;
    for (ChannelMap map : maps) {
      values = map.apply(values);
    }
    return values;
  }
}
