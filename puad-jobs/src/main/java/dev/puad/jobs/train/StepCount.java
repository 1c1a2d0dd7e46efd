package dev.puad.jobs.train;

import org.apache.spark.TaskContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Makes a worker's step know that it is not its first.
 *
 * <p>A worker's graph is made anew each round and counts from 0, since DL4J copies no iteration
 * count into it: Adam would correct its bias as if training had just begun. And ND4J's generator,
 * from which dropout draws, is seeded by seed, worker and step, so that a step repeats wherever and
 * whenever it runs.
 */
final class StepCount implements TrainingHook {

  private static final long serialVersionUID = 1L;

  private final long seed;
  private final int before;

  /**
   * A hook for one round.
   *
   * @param before steps that each worker took in earlier rounds
   */
  StepCount(long seed, int before) {
    this.seed = seed;
    this.before = before;
  }

  @Override
  public void preUpdate(DataSet minibatch, Model model) {
    prepare(model);
  }

  @Override
  public void preUpdate(MultiDataSet minibatch, Model model) {
    prepare(model);
  }

  @Override
  public void postUpdate(DataSet minibatch, Model model) {}

  @Override
  public void postUpdate(MultiDataSet minibatch, Model model) {}

  private void prepare(Model model) {
    ComputationGraphConfiguration configuration = ((ComputationGraph) model).getConfiguration();
    if (configuration.getIterationCount() < before) {
      configuration.setIterationCount(before);
    }
    int step = configuration.getIterationCount();
    int worker = TaskContext.getPartitionId();
    Nd4j.getRandom().setSeed(RandomStreams.seed(seed, RandomStreams.DROPOUT, worker, step));
  }
}
