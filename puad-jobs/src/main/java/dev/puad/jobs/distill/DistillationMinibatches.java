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
 * @param examples what is seen and said
 * @param target what the backbone's features become: C unit-variance channels
 * @param rejected images that could not be used
 */
record DistillationMinibatches(
    Broadcast<Examples> examples,
    Broadcast<ChannelMap> target,
    CollectionAccumulator<NaturalImageReader.Rejected> rejected)
    implements FlatMapFunction<DistillationMinibatches.Share, MultiDataSet> {

  /** The draws of each of a worker's minibatches in this round. */
  record Share(List<List<Examples.Draw>> minibatches) implements Serializable {}

  @Override
  public Iterator<MultiDataSet> call(Share share) {
    ExecutorBackbones.Open backbone = examples.value().open();
    return share.minibatches().stream().map(draws -> minibatch(backbone, draws)).iterator();
  }

  private MultiDataSet minibatch(ExecutorBackbones.Open backbone, List<Examples.Draw> draws) {
    Examples shared = examples.value();
    List<Examples.Example> batch = shared.of(backbone, draws, target.value(), rejected::add);
    return DistillationNetwork.minibatch(
        batch.stream().map(Examples.Example::image).toArray(float[][]::new),
        shared.imageSize(),
        batch.stream().map(Examples.Example::features).toArray(float[][]::new),
        shared.side());
  }
}
