package dev.puad.jobs.train;

import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * The training loop, which the driver drives: in each round every worker takes some steps from the
 * same parameters, then parameters and updater states are averaged.
 *
 * @param steps minibatches over all workers
 * @param batchSize images a minibatch
 * @param workers whose parameters are averaged
 * @param averagingFrequency minibatches of each worker between two averagings
 * @param seed of every random choice
 * @param rates Adam's learning rate as steps go by
 */
public record AveragingRounds(
    int steps, int batchSize, int workers, int averagingFrequency, long seed, LearningRates rates) {

  /** The minibatches that workers train on. */
  @FunctionalInterface
  public interface Source {
    /**
     * Those of one round, a partition a worker.
     *
     * @param before minibatches that each worker has had in earlier rounds
     * @param counts minibatches of each worker
     */
    JavaRDD<MultiDataSet> minibatches(int before, int[] counts);
  }

  /** What is trained, and its learning rate. */
  public record Trained(ComputationGraph graph, DoubleConsumer learningRate) {}

  /** Hears of each round's end. */
  @FunctionalInterface
  public interface Listener {
    /**
     * A round has ended.
     *
     * @param steps minibatches so far, over all workers
     * @param loss the mean of the workers' last losses
     */
    void round(int steps, double loss);
  }

  /** Trains a network in place, from its first step on. */
  public void run(JavaSparkContext context, Trained trained, Source source, Listener listener) {
    run(context, trained, 0, source, listener);
  }

  /**
   * Goes on with a network that was trained before.
   *
   * @param done minibatches so far, over all workers: after a round of these same rounds
   */
  public void run(
      JavaSparkContext context, Trained trained, int done, Source source, Listener listener) {
    int now = 0;
    int before = 0;
    while (now < steps) {
      int[] counts = counts(rates.constantUntil(now, steps) - now);
      if (now >= done) {
        trained.learningRate().accept(rates.at(now, steps));
        SparkComputationGraph graph =
            new SparkComputationGraph(
                context,
                trained.graph(),
                OrderedAveraging.of(workers, batchSize, counts[0], new StepCount(seed, before)));
        graph.fitMultiDataSet(source.minibatches(before, counts));
        listener.round(now + IntStream.of(counts).sum(), graph.getScore());
      }
      now += IntStream.of(counts).sum();
      before += counts[0];
    }
  }

  /** The minibatches of each worker in a round, as even as the steps allow; the first has most. */
  private int[] counts(int left) {
    int total = Math.min(left, workers * averagingFrequency);
    int[] counts = new int[workers];
    for (int worker = 0; worker < workers; worker++) {
      counts[worker] = total / workers + (worker < total % workers ? 1 : 0);
    }
    return counts;
  }
}
