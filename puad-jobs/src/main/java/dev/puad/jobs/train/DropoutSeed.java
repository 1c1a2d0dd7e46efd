package dev.puad.jobs.train;

import org.apache.spark.TaskContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Seeds ND4J's generator, from which dropout draws, before each minibatch: by seed, worker and
 * step, so that a step repeats wherever and whenever it runs.
 */
final class DropoutSeed implements TrainingHook {

  private static final long serialVersionUID = 1L;

  private final long seed;

  DropoutSeed(long seed) {
    this.seed = seed;
  }

  @Override
  public void preUpdate(DataSet minibatch, Model model) {
    reseed(model);
  }

  @Override
  public void preUpdate(MultiDataSet minibatch, Model model) {
    reseed(model);
  }

  @Override
  public void postUpdate(DataSet minibatch, Model model) {}

  @Override
  public void postUpdate(MultiDataSet minibatch, Model model) {}

  private void reseed(Model model) {
    long step = ((ComputationGraph) model).getConfiguration().getIterationCount();
    int worker = TaskContext.getPartitionId();
    Nd4j.getRandom().setSeed(RandomStreams.seed(seed, RandomStreams.DROPOUT, worker, step));
  }
}
