package dev.puad.jobs.train;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Parameter averaging that repeats bit for bit: one partition is one worker, one call is one round,
 * and parameters are summed in the order of partitions.
 *
 * <p>The stock master sums in the order in which tasks finish, splits the data by a generator of
 * its own, and caches every round's RDD without ever letting it go.
 */
final class OrderedAveraging extends ParameterAveragingTrainingMaster {

  /** What a worker brings home; DL4J's own result cannot be serialized. */
  private record Worker(INDArray parameters, INDArray updater, double score)
      implements Serializable {

    static Worker of(ParameterAveragingTrainingResult result) {
      return new Worker(result.getParameters(), result.getUpdaterState(), result.getScore());
    }
  }

  private OrderedAveraging(Builder builder) {
    super(builder);
  }

  /**
   * A master for {@code workers} partitions of minibatches of {@code batchSize} images.
   *
   * @param frequency the most minibatches of a worker in this round
   * @param before minibatches that each worker has had in earlier rounds
   * @param seed of dropout
   */
  static OrderedAveraging of(int workers, int batchSize, int frequency, int before, long seed) {
    return new OrderedAveraging(
        new Builder(workers, batchSize)
            .batchSizePerWorker(batchSize)
            .averagingFrequency(frequency)
            .saveUpdater(true)
            .repartionData(Repartition.Never)
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            .storageLevel(null)
            .trainingHooks(List.of(new StepCount(before), new DropoutSeed(seed))));
  }

  @Override
  protected void executeTrainingDirect(SparkComputationGraph graph, JavaRDD<MultiDataSet> round) {
    doIteration(graph, round, 1, 1);
  }

  @Override
  protected void processResults(
      SparkDl4jMultiLayer unused,
      SparkComputationGraph graph,
      JavaRDD<ParameterAveragingTrainingResult> results,
      int split,
      int splits) {
    List<Worker> workers = results.map(Worker::of).collect();
    INDArray parameters = null;
    INDArray updater = null;
    double score = 0;
    for (Worker worker : workers) {
      parameters = sum(parameters, worker.parameters());
      updater = sum(updater, worker.updater());
      score += worker.score();
    }
    ComputationGraph network = graph.getNetwork();
    network.setParams(parameters.divi(workers.size()));
    network.getUpdater().setStateViewArray(updater.divi(workers.size()));
    graph.setScore(score / workers.size());
    ComputationGraphConfiguration configuration = network.getConfiguration();
    configuration.setIterationCount(configuration.getIterationCount() + averagingFrequency);
  }

  private static INDArray sum(INDArray sum, INDArray addend) {
    return sum == null ? addend : sum.addi(addend);
  }
}
