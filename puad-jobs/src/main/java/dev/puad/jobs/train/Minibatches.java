package dev.puad.jobs.train;

import dev.puad.model.dataset.Augmentation;
import dev.puad.model.detect.TeacherStatistics;
import dev.puad.model.image.ColorJitter;
import dev.puad.model.image.Normalization;
import dev.puad.model.image.PenaltyImage;
import dev.puad.model.image.RgbImage;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * One worker's minibatches of one round: images, their jittered copies, what the normalised teacher
 * says of both, and penalty images. Made one by one as training takes them.
 *
 * @param settings what does not change between rounds
 * @param batchSize images a minibatch
 * @param seed of every random choice
 * @param before minibatches that each worker has had in earlier rounds
 * @param rejected penalty images that could not be used
 */
record Minibatches(
    Broadcast<Settings> settings,
    int batchSize,
    long seed,
    long before,
    CollectionAccumulator<NaturalImageReader.Rejected> rejected)
    implements FlatMapFunction2<
        Iterator<TrainingShard>, Iterator<Minibatches.Share>, MultiDataSet> {

  /**
   * The frozen half of the training, as it travels to executors.
   *
   * @param id of this training
   * @param teacher the teacher as a DL4J model zip
   * @param statistics by which its outputs are normalised
   * @param augmentation of the images before anything sees them
   * @param cacheBytes of each JVM, for what the teacher says of unaugmented images
   * @param penalty reads the penalty images
   */
  record Settings(
      UUID id,
      Architecture architecture,
      byte[] teacher,
      TeacherStatistics statistics,
      Augmentation augmentation,
      long cacheBytes,
      NaturalImageReader penalty)
      implements Serializable {}

  /**
   * What a worker does in this round.
   *
   * @param worker its number, from 0
   * @param count minibatches
   * @param penalty candidates for each of their penalty images; none without the penalty term
   */
  record Share(int worker, int count, List<List<String>> penalty) implements Serializable {}

  @Override
  public Iterator<MultiDataSet> call(Iterator<TrainingShard> shards, Iterator<Share> shares) {
    Settings shared = settings.value();
    TeacherNetwork teacher =
        ExecutorTeachers.borrow(shared.id(), shared.architecture(), shared.teacher());
    FirstComeCache<ExecutorTeachers.Image, float[]> cache =
        ExecutorTeachers.descriptions(shared.id(), shared.cacheBytes());
    return new Worker(shared, teacher, cache, shards.next(), shares.next()).minibatches();
  }

  private final class Worker {

    private final Settings shared;
    private final TeacherNetwork teacher;
    private final FirstComeCache<ExecutorTeachers.Image, float[]> cache;
    private final TrainingShard shard;
    private final Share share;
    private final EpochOrder order;

    Worker(
        Settings shared,
        TeacherNetwork teacher,
        FirstComeCache<ExecutorTeachers.Image, float[]> cache,
        TrainingShard shard,
        Share share) {
      this.shared = shared;
      this.teacher = teacher;
      this.cache = cache;
      this.shard = shard;
      this.share = share;
      this.order = new EpochOrder(seed, RandomStreams.ORDER, share.worker(), shard.pixels().size());
    }

    Iterator<MultiDataSet> minibatches() {
      return IntStream.range(0, share.count())
          .mapToObj(this::minibatch)
          .map(MultiDataSet.class::cast)
          .iterator();
    }

    private MultiDataSet minibatch(int step) {
      float[][] images = new float[batchSize][];
      float[][] augmented = new float[batchSize][];
      float[][] penalty = new float[share.penalty().isEmpty() ? 0 : batchSize][];
      float[][] described = new float[batchSize][];
      float[][] augmentedDescribed = new float[batchSize][];
      for (int i = 0; i < batchSize; i++) {
        long draw = (before + step) * batchSize + i;
        int index = order.at(draw);
        float[] tensor = Normalization.toTensor(image(index, draw));
        float[] image = Normalization.normalize(tensor);
        images[i] = image;
        augmented[i] =
            Normalization.normalize(
                ColorJitter.jitter(
                    tensor, RandomStreams.of(seed, RandomStreams.JITTER, share.worker(), draw)));
        described[i] =
            shared.augmentation().isNone()
                ? cache.of(new ExecutorTeachers.Image(share.worker(), index), () -> describe(image))
                : describe(image);
        augmentedDescribed[i] = describe(augmented[i]);
        if (penalty.length > 0) {
          penalty[i] = penalty(step * batchSize + i, draw);
        }
      }
      return TrainingNetwork.minibatch(
          shared.architecture(), images, augmented, penalty, described, augmentedDescribed);
    }

    private RgbImage image(int index, long draw) {
      int size = shared.architecture().imageSize();
      return shared
          .augmentation()
          .apply(
              new RgbImage(size, size, shard.pixels().get(index)),
              RandomStreams.of(seed, RandomStreams.AUGMENTATION, share.worker(), draw));
    }

    private float[] describe(float[] image) {
      return shared.statistics().normalize(teacher.describe(image));
    }

    private float[] penalty(int wanted, long draw) {
      return PenaltyImage.prepare(
          shared.penalty().read(share.penalty().get(wanted), rejected::add),
          shared.architecture().imageSize(),
          RandomStreams.of(seed, RandomStreams.PENALTY_GREY, share.worker(), draw));
    }
  }
}
