package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TrainingShardTest {

  private static final int IMAGES = 10;

  private final TrainingShard shard =
      new TrainingShard(
          IntStream.range(0, IMAGES).mapToObj(image -> new byte[] {(byte) image}).toList());

  @Test
  void everyEpochDrawsEachImageOnce() {
    for (int epoch = 0; epoch < 20; epoch++) {
      assertThat(epoch(1, 0, epoch))
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, IMAGES).boxed().toList());
    }
  }

  @Test
  void everyEpochHasAnOrderOfItsOwn() {
    assertThat(epoch(1, 0, 1)).isNotEqualTo(epoch(1, 0, 0));
  }

  @Test
  void everyWorkerHasAnOrderOfItsOwn() {
    assertThat(epoch(1, 1, 0)).isNotEqualTo(epoch(1, 0, 0));
  }

  @Test
  void anotherSeedGivesAnotherOrder() {
    assertThat(epoch(2, 0, 0)).isNotEqualTo(epoch(1, 0, 0));
  }

  @Test
  void aDrawIsTheSameWheneverItIsMade() {
    assertThat(shard.image(1, 0, 57)).isSameAs(shard.image(1, 0, 57));
  }

  @Test
  void everyImageIsAsLikelyToComeFirst() {
    int[] first = new int[IMAGES];
    LongStream.range(0, 2000).forEach(seed -> first[shard.image(seed, 0, 0)[0]]++);

    // 200 each, standard deviation 13.4; five of them.
    assertThat(Arrays.stream(first).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(133, 267));
  }

  private List<Integer> epoch(long seed, int worker, int epoch) {
    return IntStream.range(epoch * IMAGES, (epoch + 1) * IMAGES)
        .mapToObj(draw -> (int) shard.image(seed, worker, draw)[0])
        .toList();
  }
}
