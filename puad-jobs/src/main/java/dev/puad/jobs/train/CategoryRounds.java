package dev.puad.jobs.train;

import dev.puad.model.network.TrainingNetwork;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** The rounds in which student and autoencoder learn a category's images. */
final class CategoryRounds {

  private final TrainingPlan plan;
  private final Broadcast<Minibatches.Settings> settings;
  private final JavaRDD<TrainingShard> shards;
  private final PenaltyDraws penalty;
  private final RejectedNaturalImages rejected;

  CategoryRounds(
      TrainingPlan plan, Broadcast<Minibatches.Settings> settings, JavaRDD<TrainingShard> shards) {
    this.plan = plan;
    this.settings = settings;
    this.shards = shards;
    this.penalty = new PenaltyDraws(plan.input().penalty(), plan);
    this.rejected = new RejectedNaturalImages(shards.context());
  }

  /** Trains a network in place. */
  void run(TrainingNetwork network, AveragingRounds.Listener listener) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(shards.context());
    new AveragingRounds(
            plan.steps(),
            plan.batchSize(),
            plan.workers(),
            plan.averagingFrequency(),
            plan.seed(),
            LearningRates.dropping(plan.architecture().recipe()))
        .run(
            context,
            new AveragingRounds.Trained(network.graph(), network::learningRate),
            (before, counts) -> minibatches(context, before, counts),
            (done, loss) -> {
              rejected.gather();
              listener.round(done, loss);
            });
  }

  /** Penalty images that were drawn and could not be used, and why. */
  RejectedNaturalImages rejectedPenaltyImages() {
    return rejected;
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
        shares,
        new Minibatches(settings, plan.batchSize(), plan.seed(), before, rejected.reports()));
  }
}
