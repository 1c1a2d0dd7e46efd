package dev.puad.jobs.distill;

import dev.puad.jobs.train.NaturalImageReader;
import dev.puad.model.network.ChannelMap;
import dev.puad.model.network.DistillationNetwork;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * One worker's minibatches of one round, made one by one as training takes them.
 *
 * @param settings what does not change between rounds
 * @param rejected images that could not be used
 */
record DistillationMinibatches(
    Broadcast<Settings> settings, CollectionAccumulator<NaturalImageReader.Rejected> rejected)
    implements FlatMapFunction<DistillationMinibatches.Share, MultiDataSet> {

  /**
   * What does not change between rounds.
   *
   * @param target what the backbone's features become: C unit-variance channels
   */
  record Settings(Examples examples, ChannelMap target) implements Serializable {}

  /** The draws of each of a worker's minibatches in this round. */
  record Share(List<List<Examples.Draw>> minibatches) implements Serializable {}

  @Override
  public Iterator<MultiDataSet> call(Share share) {
    ExecutorBackbones.Open backbone = settings.value().examples().open();
    return share.minibatches().stream().map(draws -> minibatch(backbone, draws)).iterator();
  }

  private MultiDataSet minibatch(ExecutorBackbones.Open backbone, List<Examples.Draw> draws) {
    Examples examples = settings.value().examples();
    List<Examples.Example> batch =
        examples.of(backbone, draws, settings.value().target(), rejected::add);
    return DistillationNetwork.minibatch(
        batch.stream().map(Examples.Example::image).toArray(float[][]::new),
        examples.imageSize(),
        batch.stream().map(Examples.Example::features).toArray(float[][]::new),
        examples.side());
  }
}
