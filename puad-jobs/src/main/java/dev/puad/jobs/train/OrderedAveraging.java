package dev.puad.jobs.train;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingWorker;
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

  private Broadcast<NetBroadcastTuple> broadcast;

  private OrderedAveraging(Builder builder) {
    super(builder);
  }

  /**
   * A master for one round.
   *
   * @param workers partitions of minibatches
   * @param batchSize images a minibatch
   * @param steps the most minibatches that a worker has in this round
   * @param hook prepares each step
   */
  static OrderedAveraging of(int workers, int batchSize, int steps, TrainingHook hook) {
    return new OrderedAveraging(
        new Builder(workers, batchSize)
            .batchSizePerWorker(batchSize)
            .averagingFrequency(steps)
            .saveUpdater(true)
            .repartionData(Repartition.Never)
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            .storageLevel(null)
            .trainingHooks(List.of(hook)));
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
    parameters.close();
    updater.close();
    graph.setScore(score / workers.size());
    // Adam's step count is saved with the network, and read when training goes on from there.
    ComputationGraphConfiguration configuration = network.getConfiguration();
    configuration.setIterationCount(configuration.getIterationCount() + averagingFrequency);
    broadcast.destroy();
  }

  /** As the stock master, but with a broadcast that ends with its round. */
  @Override
  public ParameterAveragingTrainingWorker getWorkerInstance(SparkComputationGraph graph) {
    ComputationGraph network = graph.getNetwork();
    broadcast =
        graph
            .getSparkContext()
            .broadcast(
                new NetBroadcastTuple(
                    network.getConfiguration(),
                    network.params(),
                    network.getUpdater().getStateViewArray()));
    WorkerConfiguration configuration =
        new WorkerConfiguration(
            true, batchSizePerWorker, batchSizePerWorker, averagingFrequency, 0, false);
    return new ParameterAveragingTrainingWorker(
        broadcast, saveUpdater, configuration, trainingHookList, null, null);
  }

  private static INDArray sum(INDArray sum, INDArray addend) {
    if (sum == null) {
      return addend;
    }
    sum.addi(addend);
    addend.close();
    return sum;
  }
}
