package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RandomStreamsTest {

  @Test
  void theSameArgumentsGiveTheSameNumbers() {
    assertThat(RandomStreams.of(7, RandomStreams.JITTER, 3, 11).nextLong())
        .isEqualTo(RandomStreams.of(7, RandomStreams.JITTER, 3, 11).nextLong());
  }

  @Test
  void everyArgumentCounts() {
    List<LongUnaryOperator> streams =
        List.of(
            value -> RandomStreams.seed(value, RandomStreams.ORDER, 1, 1),
            value -> RandomStreams.seed(1, (int) value, 1, 1),
            value -> RandomStreams.seed(1, RandomStreams.ORDER, (int) value, 1),
            value -> RandomStreams.seed(1, RandomStreams.ORDER, 1, value));

    for (LongUnaryOperator stream : streams) {
      assertThat(LongStream.range(0, 1000).map(stream).distinct()).hasSize(1000);
    }
  }

  @Test
  void argumentsThatTradePlacesGiveOtherNumbers() {
    Set<Long> seeds = new HashSet<>();
    for (int seed = 0; seed < 8; seed++) {
      for (int purpose = 0; purpose < 8; purpose++) {
        for (int worker = 0; worker < 8; worker++) {
          for (int step = 0; step < 8; step++) {
            seeds.add(RandomStreams.seed(seed, purpose, worker, step));
          }
        }
      }
    }

    assertThat(seeds).hasSize(8 * 8 * 8 * 8);
  }

  @Test
  void oneBitOfAStepChangesHalfTheBitsOfTheSeed() {
    double changed =
        LongStream.range(0, 1000)
            .map(
                step ->
                    RandomStreams.seed(1, RandomStreams.ORDER, 0, step)
                        ^ RandomStreams.seed(1, RandomStreams.ORDER, 0, step ^ 1))
            .map(Long::bitCount)
            .average()
            .orElseThrow();

    // The mean of 1000 draws of 32 with standard deviation 4.
    assertThat(changed).isBetween(31.0, 33.0);
  }
}
