package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EpochOrderTest {

  private static final int IMAGES = 10;

  @Test
  void everyEpochDrawsEachImageOnce() {
    for (int epoch = 0; epoch < 20; epoch++) {
      assertThat(epoch(order(1, 0), epoch))
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, IMAGES).boxed().toList());
    }
  }

  @Test
  void everyEpochHasAnOrderOfItsOwn() {
    EpochOrder order = order(1, 0);

    assertThat(epoch(order, 1)).isNotEqualTo(epoch(order, 0));
  }

  @Test
  void everyWorkerHasAnOrderOfItsOwn() {
    assertThat(epoch(order(1, 1), 0)).isNotEqualTo(epoch(order(1, 0), 0));
  }

  @Test
  void everyPurposeHasAnOrderOfItsOwn() {
    EpochOrder other = new EpochOrder(1, RandomStreams.PENALTY_ORDER, 0, IMAGES);

    assertThat(epoch(other, 0)).isNotEqualTo(epoch(order(1, 0), 0));
  }

  @Test
  void anotherSeedGivesAnotherOrder() {
    assertThat(epoch(order(2, 0), 0)).isNotEqualTo(epoch(order(1, 0), 0));
  }

  @Test
  void aDrawIsTheSameWheneverItIsMade() {
    EpochOrder order = order(1, 0);
    int later = order.at(57);
    epoch(order, 0);

    assertThat(order.at(57)).isEqualTo(later);
    assertThat(order(1, 0).at(57)).isEqualTo(later);
  }

  @Test
  void everyImageIsAsLikelyToComeFirst() {
    int[] first = new int[IMAGES];
    LongStream.range(0, 2000).forEach(seed -> first[order(seed, 0).at(0)]++);

    // 200 each, standard deviation 13.4; five of them.
    assertThat(Arrays.stream(first).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(133, 267));
  }

  private static EpochOrder order(long seed, int worker) {
    return new EpochOrder(seed, RandomStreams.ORDER, worker, IMAGES);
  }

  private static List<Integer> epoch(EpochOrder order, int epoch) {
    return IntStream.range(epoch * IMAGES, (epoch + 1) * IMAGES).mapToObj(order::at).toList();
  }
}
