package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.stats.JavaSerialization;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SortedTallyTest {

  @Test
  void countsEachKeyInAscendingOrder() {
    Random random = new Random(1);
    SortedTally tally = new SortedTally();
    Map<Long, Long> expected = new TreeMap<>();
    for (int i = 0; i < 5000; i++) {
      long key = random.nextLong(-300, 300);
      tally.add(key);
      expected.merge(key, 1L, Long::sum);
    }
    assertThat(contents(tally)).containsExactlyEntriesOf(expected);
    assertThat(tally.total()).isEqualTo(5000);
  }

  @Test
  void keysGivenTogetherCountLikeKeysAdded() {
    SortedTally added = new SortedTally();
    added.add(4);
    added.add(-1);
    added.add(4);
    assertThat(contents(SortedTally.of(new long[] {4, -1, 4})))
        .containsExactlyEntriesOf(contents(added));
  }

  @Test
  void mergingAddsCounts() {
    SortedTally tally = SortedTally.of(new long[] {1, 2, 2});
    tally.mergeWith(SortedTally.of(new long[] {0, 2, 3}));
    assertThat(contents(tally))
        .containsExactlyEntriesOf(new TreeMap<>(Map.of(0L, 1L, 1L, 1L, 2L, 3L, 3L, 1L)));
  }

  @Test
  void mergingLeavesTheOtherAsItIs() {
    SortedTally other = SortedTally.of(new long[] {5});
    SortedTally tally = new SortedTally();
    tally.mergeWith(other);
    tally.add(5);
    assertThat(contents(other)).containsExactlyEntriesOf(new TreeMap<>(Map.of(5L, 1L)));
  }

  @Test
  void survivesSerializationAndGoesOn() {
    SortedTally tally = new SortedTally();
    tally.add(8);
    SortedTally copy = JavaSerialization.roundTrip(tally);
    copy.add(8);
    tally.add(8);
    assertThat(contents(copy)).containsExactlyEntriesOf(contents(tally));
  }

  private static Map<Long, Long> contents(SortedTally tally) {
    Map<Long, Long> contents = new TreeMap<>();
    for (int i = 0; i < tally.size(); i++) {
      contents.put(tally.key(i), tally.count(i));
    }
    assertThat(contents).hasSize(tally.size());
    return contents;
  }
}
