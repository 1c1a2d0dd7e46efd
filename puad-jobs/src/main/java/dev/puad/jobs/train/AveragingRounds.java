package dev.puad.jobs.train;

import dev.puad.model.network.TrainingNetwork;
import java.util.Iterator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
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

  AveragingRounds(
      TrainingPlan plan, Broadcast<Minibatches.Settings> settings, JavaRDD<TrainingShard> shards) {
    this.plan = plan;
    this.settings = settings;
    this.shards = shards;
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
    int done = 0;
    int before = 0;
    while (done < plan.steps()) {
      int[] counts = counts(plan.steps() - done);
      if (done >= FINAL_RATE_AFTER * plan.steps()) {
        network.learningRate(plan.architecture().recipe().finalLearningRate());
      }
      SparkComputationGraph graph =
          new SparkComputationGraph(
              context,
              network.graph(),
              OrderedAveraging.of(
                  plan.workers(), plan.batchSize(), counts[0], new StepCount(plan.seed(), before)));
      graph.fitMultiDataSet(minibatches(before, counts));
      for (int count : counts) {
        done += count;
      }
      before += counts[0];
      listener.round(done, graph.getScore());
    }
  }

  private JavaRDD<MultiDataSet> minibatches(int before, int[] counts) {
    Minibatches round = new Minibatches(settings, plan.batchSize(), plan.seed(), before, counts);
    return shards.mapPartitionsWithIndex(
        (Integer worker, Iterator<TrainingShard> shard) -> round.call(worker, shard), true);
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
