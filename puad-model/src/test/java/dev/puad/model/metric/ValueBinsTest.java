package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.metric.ValueBins.Split;
import dev.puad.model.stats.FloatOrder;
import dev.puad.model.stats.JavaSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ValueBinsTest {

  @Test
  void everyValueIsInTheBinOfItsRange() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      ValueBins bins = ValueBins.of(splits(random));
      for (int i = 0; i < 300; i++) {
        int key = i % 3 == 0 ? random.nextInt() : FloatOrder.key((float) random.nextGaussian());
        assertThat(bins.bin(key)).isEqualTo(byScanning(bins, key));
      }
    }
  }

  @Test
  void binsAreOrderedAsTheirValuesAre() {
    ValueBins bins = ValueBins.of(splits(new Random(7)));
    int previous = 0;
    for (long key = 0; key < 1L << 32; key += 1 << 12) {
      int bin = bins.bin((int) key);
      assertThat(bin).isBetween(previous, bins.size() - 1);
      previous = bin;
    }
  }

  @Test
  void theCoarseBinsHold128StepsFromAValueToItsDouble() {
    ValueBins coarse = ValueBins.coarse();
    assertThat(coarse.size()).isEqualTo(1 << 16);
    assertThat(coarse.bin(FloatOrder.key(2)) - coarse.bin(FloatOrder.key(1))).isEqualTo(128);
  }

  @Test
  void aBinIsSplitIntoBinsOfItsValues() {
    ValueBins coarse = ValueBins.coarse();
    int bin = coarse.bin(FloatOrder.key(1.001f));
    ValueBins fine = ValueBins.of(List.of(coarse.split(0, bin, 100, 1 << 20)));
    assertThat(fine.ranges()).isEqualTo(3);
    assertThat(fine.size()).isEqualTo(128 + 2);
    assertThat(fine.isStudied(1)).isTrue();
    assertThat(fine.isStudied(0)).isFalse();
    assertThat(fine.isStudied(2)).isFalse();
    assertThat(fine.leastValue(1, fine.firstBin(1))).isEqualTo(1f);
    assertThat(fine.bin(FloatOrder.key(1f))).isEqualTo(fine.firstBin(1));
    assertThat(fine.bin(FloatOrder.key(Math.nextDown(1f)))).isZero();
  }

  @Test
  void aBinOfOneValueIsTheEndOfSplitting() {
    ValueBins coarse = ValueBins.coarse();
    ValueBins finest = ValueBins.of(List.of(coarse.split(0, 40_000, 1 << 20, 1 << 20)));
    assertThat(finest.holdsSingleValues(1)).isTrue();
    assertThat(finest.firstBin(2) - finest.firstBin(1)).isEqualTo(1 << 16);
  }

  @Test
  void aSplitKeepsWithinItsMost() {
    Split split = ValueBins.coarse().split(0, 40_000, 1 << 20, 1000);
    assertThat(split.parts()).isEqualTo(512);
  }

  @Test
  void theLowestBinReachesToMinusInfinity() {
    ValueBins coarse = ValueBins.coarse();
    int lowest = coarse.bin(FloatOrder.key(Float.NEGATIVE_INFINITY));
    assertThat(coarse.leastValue(0, lowest)).isEqualTo(Float.NEGATIVE_INFINITY);
  }

  @Test
  void survivesSerialization() {
    ValueBins bins = ValueBins.of(splits(new Random(3)));
    assertThat(JavaSerialization.roundTrip(bins)).isEqualTo(bins);
    assertThat(bins).isNotEqualTo(ValueBins.coarse());
  }

  /** Disjoint ranges of many lengths, some of which touch. */
  private static List<Split> splits(Random random) {
    List<Split> splits = new ArrayList<>();
    long first = 0;
    while (first < 1L << 32) {
      int length = Math.min(random.nextInt(29), Long.numberOfTrailingZeros(first | 1L << 28));
      if (random.nextInt(3) > 0) {
        splits.add(new Split(first, length, random.nextInt(Math.min(length, 10) + 1)));
      }
      first += 1L << Math.max(length, 20);
    }
    return splits;
  }

  private static int byScanning(ValueBins bins, int key) {
    float value = FloatOrder.value(key);
    int found = -1;
    for (int range = 0; range < bins.ranges() && !Float.isNaN(value); range++) {
      for (int bin = bins.firstBin(range); bin < bins.firstBin(range + 1); bin++) {
        if (bins.leastValue(range, bin) > value) {
          return found;
        }
        found = bin;
      }
    }
    return Float.isNaN(value) ? bins.bin(key) : found;
  }
}
