package dev.puad.jobs.train;

import dev.puad.model.network.Architecture;
import dev.puad.model.network.TrainingNetwork;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * The training loop, which the driver drives: in each round every worker takes some steps from the
 * same parameters, then parameters and updater states are averaged.
 */
final class AveragingRounds {

  /** EfficientAD lowers its learning rate for the last 5 % of the steps. */
  private static final double FINAL_RATE_AFTER = 0.95;

  private final TrainingPlan plan;
  private final Broadcast<Minibatches.Settings> settings;
  private final JavaRDD<TrainingShard> shards;
  private final PenaltyDraws penalty;
  private final CollectionAccumulator<NaturalImageReader.Rejected> rejected;
  private final SortedMap<String, String> rejectedPenaltyImages = new TreeMap<>();

  AveragingRounds(
      TrainingPlan plan, Broadcast<Minibatches.Settings> settings, JavaRDD<TrainingShard> shards) {
    this.plan = plan;
    this.settings = settings;
    this.shards = shards;
    this.penalty = new PenaltyDraws(plan.input().penalty(), plan);
    this.rejected = shards.context().collectionAccumulator();
  }

  /** Hears of each round's end. */
  @FunctionalInterface
  interface Listener {
    /**
     * A round has ended.
     *
     * @param steps minibatches so far, over all workers
     * @param loss the mean of the workers' last losses
     */
    void round(int steps, double loss);
  }

  /** Trains a network in place. */
  void run(TrainingNetwork network, Listener listener) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(shards.context());
    Architecture.Recipe recipe = plan.architecture().recipe();
    int drop = stepsBeforeFinalRate();
    int done = 0;
    int before = 0;
    while (done < plan.steps()) {
      if (done >= drop) {
        network.learningRate(recipe.finalLearningRate());
      }
      int[] counts = counts((done < drop ? drop : plan.steps()) - done);
      SparkComputationGraph graph =
          new SparkComputationGraph(
              context,
              network.graph(),
              OrderedAveraging.of(
                  plan.workers(), plan.batchSize(), counts[0], new StepCount(plan.seed(), before)));
      graph.fitMultiDataSet(minibatches(context, before, counts));
      for (int count : counts) {
        done += count;
      }
      before += counts[0];
      rejected.value().forEach(r -> rejectedPenaltyImages.putIfAbsent(r.image(), r.reason()));
      rejected.reset();
      listener.round(done, graph.getScore());
    }
  }

  /** Penalty images that were drawn and could not be used, and why. */
  SortedMap<String, String> rejectedPenaltyImages() {
    return rejectedPenaltyImages;
  }

  /** A round ends where the rate changes; without a change none needs to. */
  private int stepsBeforeFinalRate() {
    Architecture.Recipe recipe = plan.architecture().recipe();
    return recipe.learningRate() == recipe.finalLearningRate()
        ? plan.steps()
        : Math.max(1, (int) (FINAL_RATE_AFTER * plan.steps()));
  }

  private JavaRDD<MultiDataSet> minibatches(JavaSparkContext context, int before, int[] counts) {
    JavaRDD<Minibatches.Share> shares =
        context.parallelize(
            IntStream.range(0, counts.length)
                .mapToObj(
                    worker ->
                        new Minibatches.Share(
                            worker,
                            counts[worker],
                            penalty.candidates(worker, before, counts[worker])))
                .toList(),
            counts.length);
    return shards.zipPartitions(
        shares, new Minibatches(settings, plan.batchSize(), plan.seed(), before, rejected));
  }

  /** The minibatches of each worker in a round, as even as the steps allow; the first has most. */
  private int[] counts(int left) {
    int workers = plan.workers();
    int total = Math.min(left, workers * plan.averagingFrequency());
    int[] counts = new int[workers];
    for (int worker = 0; worker < workers; worker++) {
      counts[worker] = total / workers + (worker < total % workers ? 1 : 0);
    }
    return counts;
  }
}
