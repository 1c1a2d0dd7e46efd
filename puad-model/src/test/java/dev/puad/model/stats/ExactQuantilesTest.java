package dev.puad.model.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExactQuantilesTest {

  private static final double[] PROBABILITIES = {0.9, 0, 0.995, 0.5, 1, 0.1, 0.25, 0.999};

  @ParameterizedTest
  @ValueSource(strings = {"small-10", "one", "two"})
  void smallArraysEqualNumPy(String name) throws IOException {
    assertAgrees(name, shipped(name), "numpy_float64", 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ties-100", "normal-1001", "gamma-20000"})
  void arraysAgreeWithNumPy(String name) throws IOException {
    assertAgrees(name, shipped(name), "numpy_float64", 1e-6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"small-10", "one", "two", "ties-100", "normal-1001"})
  void arraysAgreeWithPyTorch(String name) throws IOException {
    assertAgrees(name, shipped(name), "torch_float32", 1e-6);
  }

  /**
   * PyTorch's rank is in single precision: at 19979.001953 instead of 19979.001, between two values
   * far apart, it is 3e-6 off. NumPy's answer is ours.
   */
  @Test
  void gammaAgreesWithPyTorchButForARankThatIsRounded() throws IOException {
    assertAgrees("gamma-20000", shipped("gamma-20000"), "torch_float32", 1e-6, "0.999");
  }

  @ParameterizedTest
  @CsvSource({"formula-1204224, 1204224, 77", "formula-327680, 327680, 78"})
  void largeArraysAgreeWithNumPy(String name, int size, int k) throws IOException {
    assertAgrees(name, formula(size, k), "numpy_float64", 1e-6);
  }

  /** As for gamma: rank 1083800.625 instead of 1083800.7 is 2e-6 off. */
  @ParameterizedTest
  @CsvSource({"formula-1204224, 1204224, 77, 0.9", "formula-327680, 327680, 78, none"})
  void largeArraysAgreeWithPyTorchButForARankThatIsRounded(
      String name, int size, int k, String rounded) throws IOException {
    assertAgrees(name, formula(size, k), "torch_float32", 1e-6, rounded);
  }

  @Test
  void quantilesOfNegativeAndTiedValuesFollowTheirDefinition() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      float[] values = new float[1 + random.nextInt(300)];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            random.nextBoolean()
                ? (float) random.nextGaussian()
                : Math.round(random.nextGaussian()) / 2f; // −0.0 among them
      }
      float[] sorted = values.clone();
      Arrays.sort(sorted);
      double[] expected =
          Arrays.stream(PROBABILITIES).map(p -> linearQuantile(sorted, p)).toArray();
      double[] actual = quantiles(values, PROBABILITIES);
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i]).isCloseTo(expected[i], within(1e-15));
      }
    }
  }

  @Test
  void neighbouringFloatsAreToldApart() {
    float next = Math.nextUp(1f);
    assertThat(quantiles(new float[] {next, 1f, next}, 0, 0.5, 1)).containsExactly(1, next, next);
  }

  @Test
  void ranksInDifferentBucketsAreInterpolated() {
    assertThat(quantiles(new float[] {-1000, 1000}, 0.25)).containsExactly(-500);
  }

  @Test
  void anEmptyStateIsTheIdentity() {
    float[] values = {3, 1, 2};
    RadixHistogram first = new RadixHistogram().mergeWith(new RadixHistogram().add(values));
    first.mergeWith(new RadixHistogram());
    ExactQuantiles plan = ExactQuantiles.plan(first, 0.25);
    BucketHistograms second = plan.secondPass().mergeWith(plan.secondPass().add(values));
    second.mergeWith(plan.secondPass());
    assertThat(plan.quantiles(second)).containsExactly(1.5);
  }

  @Test
  void everySplitInAnyOrderEqualsTheWhole() {
    Random random = new Random(11);
    float[] values = new float[97];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    double[] expected = quantiles(values, PROBABILITIES);
    for (int at = 0; at < values.length; at += 32) {
      float[] a = Arrays.copyOfRange(values, 0, at);
      float[] b = Arrays.copyOfRange(values, at, (at + values.length) / 2);
      float[] c = Arrays.copyOfRange(values, (at + values.length) / 2, values.length);
      assertThat(quantiles(List.of(a, b, c))).isEqualTo(expected);
      assertThat(quantiles(List.of(c, a, b))).isEqualTo(expected);
      assertThat(quantilesMergedFromTheRight(a, b, c)).isEqualTo(expected);
    }
  }

  @Test
  void everyStepSurvivesSerialization() {
    float[] values = {5, 1, 4, 2};
    RadixHistogram first = JavaSerialization.roundTrip(new RadixHistogram().add(values));
    ExactQuantiles plan = JavaSerialization.roundTrip(ExactQuantiles.plan(first, 0.5));
    BucketHistograms second = JavaSerialization.roundTrip(plan.secondPass().add(values));
    assertThat(plan.quantiles(second)).containsExactly(3);
  }

  @Test
  void refusesNanWithoutAddingAnything() {
    RadixHistogram histogram = new RadixHistogram();
    assertThatThrownBy(() -> histogram.add(new float[] {1, 2, Float.NaN}))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot take quantiles with NaN at 2: check the network's weights.");
    assertThat(histogram.count()).isZero();
  }

  @Test
  void refusesASecondPassOverOtherData() {
    ExactQuantiles plan = ExactQuantiles.plan(new RadixHistogram().add(new float[] {1, 2}), 0);
    BucketHistograms second = plan.secondPass().add(new float[] {3, 2});
    assertThatThrownBy(() -> plan.quantiles(second))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the data changed");
  }

  @Test
  void isUndefinedWithoutValues() {
    assertThatThrownBy(() -> ExactQuantiles.plan(new RadixHistogram(), 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("No values were added: quantiles are undefined.");
  }

  @Test
  void refusesAProbabilityOutOfRange() {
    RadixHistogram first = new RadixHistogram().add(new float[] {1});
    assertThatThrownBy(() -> ExactQuantiles.plan(first, 1.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot take the quantile 1.5: it must lie in [0, 1].");
  }

  private static void assertAgrees(
      String name, float[] values, String reference, double tolerance, String... without)
      throws IOException {
    JsonNode expected =
        new ObjectMapper()
            .readTree(Fixtures.path("quantile/expected.json").toFile())
            .get(name)
            .get("quantiles");
    List<Map.Entry<String, JsonNode>> entries = new ArrayList<>(expected.properties());
    entries.removeIf(entry -> List.of(without).contains(entry.getKey()));
    double[] actual =
        quantiles(
            values,
            entries.stream().mapToDouble(entry -> Double.parseDouble(entry.getKey())).toArray());
    for (int i = 0; i < actual.length; i++) {
      double quantile = entries.get(i).getValue().get(reference).doubleValue();
      assertThat(actual[i]).isCloseTo(quantile, within(tolerance * Math.abs(quantile)));
    }
  }

  private static float[] shipped(String name) {
    return Fixtures.npy("quantile/" + name + ".npy").floats();
  }

  private static float[] formula(int size, int k) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) Math.pow((hash(i, k) >>> 8) / 16777216.0, 8);
    }
    return values;
  }

  private static double[] quantiles(float[] values, double... probabilities) {
    ExactQuantiles plan = ExactQuantiles.plan(new RadixHistogram().add(values), probabilities);
    return plan.quantiles(plan.secondPass().add(values));
  }

  private static double[] quantiles(List<float[]> parts) {
    RadixHistogram first = new RadixHistogram();
    parts.forEach(part -> first.mergeWith(new RadixHistogram().add(part)));
    ExactQuantiles plan = ExactQuantiles.plan(first, PROBABILITIES);
    BucketHistograms second = plan.secondPass();
    parts.forEach(part -> second.mergeWith(plan.secondPass().add(part)));
    return plan.quantiles(second);
  }

  private static double[] quantilesMergedFromTheRight(float[] a, float[] b, float[] c) {
    RadixHistogram right = new RadixHistogram().add(b).mergeWith(new RadixHistogram().add(c));
    ExactQuantiles plan =
        ExactQuantiles.plan(new RadixHistogram().add(a).mergeWith(right), PROBABILITIES);
    BucketHistograms secondRight = plan.secondPass().add(b).mergeWith(plan.secondPass().add(c));
    return plan.quantiles(plan.secondPass().add(a).mergeWith(secondRight));
  }

  private static double linearQuantile(float[] sorted, double probability) {
    double rank = probability * (sorted.length - 1);
    int lower = (int) Math.floor(rank);
    int upper = (int) Math.ceil(rank);
    return sorted[lower] + (rank - lower) * ((double) sorted[upper] - sorted[lower]);
  }

  /** The integer hash that the reference's formula arrays are made of. */
  private static int hash(int i, int k) {
    int x = i + k * 0x9E3779B1;
    x ^= x >>> 16;
    x *= 0x7feb352d;
    x ^= x >>> 15;
    x *= 0x846ca68b;
    return x ^ (x >>> 16);
  }
}
