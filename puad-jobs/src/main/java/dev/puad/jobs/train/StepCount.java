package dev.puad.jobs.train;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Lets a worker count its steps on from the rounds before. DL4J's workers start from a copy of the
 * configuration that has lost the count: Adam would correct its bias as if each round were the
 * first, and so take steps of a third or less, and dropout would repeat its masks.
 */
final class StepCount implements TrainingHook {

  private static final long serialVersionUID = 1L;

  private final int before;

  /**
   * Counts on.
   *
   * @param before minibatches that each worker has had in earlier rounds
   */
  StepCount(int before) {
    this.before = before;
  }

  @Override
  public void preUpdate(DataSet minibatch, Model model) {
    countOn(model);
  }

  @Override
  public void preUpdate(MultiDataSet minibatch, Model model) {
    countOn(model);
  }

  @Override
  public void postUpdate(DataSet minibatch, Model model) {}

  @Override
  public void postUpdate(MultiDataSet minibatch, Model model) {}

  private void countOn(Model model) {
    ComputationGraphConfiguration configuration = ((ComputationGraph) model).getConfiguration();
    if (configuration.getIterationCount() < before) {
      configuration.setIterationCount(before);
    }
  }
}
