package dev.puad.jobs.train;

import dev.puad.jobs.pipeline.ScoreImages;
import dev.puad.model.detect.TeacherStatistics;
import dev.puad.model.image.ColorJitter;
import dev.puad.model.image.Normalization;
import dev.puad.model.image.RgbImage;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import java.io.Serializable;
import java.util.Iterator;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * One worker's minibatches of one round: images, their jittered copies, and what the normalised
 * teacher says of both. Made one by one as training takes them.
 *
 * @param settings what does not change between rounds
 * @param batchSize images a minibatch
 * @param seed of every random choice
 * @param before minibatches that each worker has had in earlier rounds
 * @param counts minibatches of each worker in this round
 */
record Minibatches(
    Broadcast<Settings> settings, int batchSize, long seed, long before, int[] counts)
    implements Function2<Integer, Iterator<TrainingShard>, Iterator<MultiDataSet>> {

  /** The frozen half of the training, as it travels to executors. */
  record Settings(UUID id, Architecture architecture, byte[] teacher, TeacherStatistics statistics)
      implements Serializable {}

  @Override
  public Iterator<MultiDataSet> call(Integer worker, Iterator<TrainingShard> shards) {
    TrainingShard shard = shards.next();
    Settings shared = settings.value();
    TeacherNetwork teacher =
        ExecutorTeachers.borrow(shared.id(), shared.architecture(), shared.teacher());
    return IntStream.range(0, counts[worker])
        .mapToObj(step -> minibatch(shared, teacher, shard, worker, before + step))
        .map(MultiDataSet.class::cast)
        .iterator();
  }

  private MultiDataSet minibatch(
      Settings shared, TeacherNetwork teacher, TrainingShard shard, int worker, long step) {
    float[][] images = new float[batchSize][];
    float[][] augmented = new float[batchSize][];
    float[][] described = new float[batchSize][];
    float[][] augmentedDescribed = new float[batchSize][];
    for (int i = 0; i < batchSize; i++) {
      long draw = step * batchSize + i;
      byte[] pixels = shard.image(seed, worker, draw);
      images[i] = ScoreImages.normalized(pixels);
      int size = shared.architecture().imageSize();
      float[] tensor = Normalization.toTensor(new RgbImage(size, size, pixels));
      augmented[i] =
          Normalization.normalize(
              ColorJitter.jitter(
                  tensor, RandomStreams.of(seed, RandomStreams.JITTER, worker, draw)));
      described[i] = shared.statistics().normalize(teacher.describe(images[i]));
      augmentedDescribed[i] = shared.statistics().normalize(teacher.describe(augmented[i]));
    }
    return TrainingNetwork.minibatch(
        shared.architecture(), images, augmented, new float[0][], described, augmentedDescribed);
  }
}
