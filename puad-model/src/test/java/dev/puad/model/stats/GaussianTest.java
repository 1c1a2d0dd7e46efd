package dev.puad.model.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GaussianTest {

  @ParameterizedTest
  @MethodSource("dev.puad.model.stats.GaussianFixture#cases")
  void agreesWithTheReferenceInDouble(String name) {
    Gaussian gaussian = Gaussian.fit(GaussianFixture.moments(name));
    LargestEntry.assertClose(gaussian.mean(), GaussianFixture.expected(name, "mean"), 1e-9);
    LargestEntry.assertClose(
        gaussian.precision(), GaussianFixture.expected(name, "precision-pinv"), 1e-6);
    assertEachClose(distances(name, gaussian), GaussianFixture.expected(name, "mahalanobis"), 1e-9);
  }

  @ParameterizedTest
  @MethodSource("dev.puad.model.stats.GaussianFixture#casesThatVary")
  void agreesWithTheOfficialCodeInSinglePrecision(String name) {
    Gaussian gaussian = Gaussian.fit(GaussianFixture.moments(name));
    LargestEntry.assertClose(
        gaussian.mean(), GaussianFixture.expected(name, "official-float32-mean"), 1e-5);
    LargestEntry.assertClose(
        gaussian.precision(),
        GaussianFixture.expected(name, "official-float32-precision-pinv"),
        1e-5);
    assertEachClose(
        distances(name, gaussian),
        GaussianFixture.expected(name, "official-float32-mahalanobis"),
        1e-5);
  }

  /**
   * The official mean of equal rows is off by a unit in the last place, which is all the variance
   * there is: its distances of 10⁵ and more are that rounding, inverted. In double they are 0.
   */
  @Test
  void equalRowsHaveTheOfficialMeanButNotItsRoundingAsVariance() {
    String name = "n5-d8-identical-rows";
    Gaussian gaussian = Gaussian.fit(GaussianFixture.moments(name));
    LargestEntry.assertClose(
        gaussian.mean(), GaussianFixture.expected(name, "official-float32-mean"), 1e-5);
    assertThat(gaussian.precision()).containsOnly(0);
    assertThat(distances(name, gaussian)).containsOnly(0);
    double[] covariance = GaussianFixture.expected(name, "official-float32-covariance");
    double[] precision = GaussianFixture.expected(name, "official-float32-precision-pinv");
    double[] official = GaussianFixture.expected(name, "official-float32-mahalanobis");
    int rounded =
        IntStream.range(0, 8).filter(i -> covariance[9 * i] > 0).findFirst().orElseThrow();
    assertThat(Math.sqrt(covariance[9 * rounded]))
        .isCloseTo(Math.ulp((float) gaussian.mean()[rounded]), within(1e-12));
    float[][] probes = GaussianFixture.rows("gaussian/" + name + "/probes.npy");
    for (int i = 0; i < official.length; i++) {
      double inverted =
          Math.abs(probes[i][rounded] - gaussian.mean()[rounded])
              * Math.sqrt(precision[9 * rounded]);
      assertThat(official[i]).isCloseTo(inverted, within(1e-5 * inverted));
    }
  }

  @Test
  void theMeanLiesAtDistanceZero() {
    Gaussian gaussian = new Gaussian(new double[] {1, -2}, new double[] {2, 1, 1, 2});
    assertThat(gaussian.mahalanobis(new double[] {1, -2})).isZero();
  }

  @Test
  void distanceFollowsItsDefinition() {
    Gaussian gaussian = new Gaussian(new double[] {1, -2}, new double[] {2, 1, 1, 2});
    double x = 3 - 1;
    double y = 4 + 2;
    assertThat(gaussian.mahalanobis(new float[] {3, 4}))
        .isEqualTo(Math.sqrt(2 * x * x + 2 * x * y + 2 * y * y));
  }

  @ParameterizedTest
  @MethodSource("dev.puad.model.stats.GaussianFixture#cases")
  void aFactorTimesItsTransposeIsThePrecision(String name) {
    Gaussian gaussian = Gaussian.fit(GaussianFixture.moments(name));
    assertFactored(gaussian);
  }

  @Test
  void aSingularPrecisionHasAFactorToo() {
    double[] direction = {1, -2, 3};
    double[] precision = new double[9];
    for (int i = 0; i < precision.length; i++) {
      precision[i] = direction[i / 3] * direction[i % 3];
    }
    assertFactored(new Gaussian(new double[3], precision));
  }

  @Test
  void theDistanceIsTheLengthOfTheFactoredDifference() {
    Gaussian gaussian = new Gaussian(new double[] {1, -2}, new double[] {2, 1, 1, 2});
    double[] factor = gaussian.precisionFactor();
    double first = factor[0] * (3 - 1) + factor[2] * (4 + 2);
    double second = factor[1] * (3 - 1) + factor[3] * (4 + 2);
    assertThat(Math.hypot(first, second))
        .isCloseTo(gaussian.mahalanobis(new double[] {3, 4}), within(1e-12));
  }

  @Test
  void aSingleVectorGivesDistanceZeroEverywhere() {
    Gaussian gaussian = Gaussian.fit(new VectorMoments().add(new double[] {1, 2, 3}));
    assertThat(gaussian.mahalanobis(new double[] {7, 8, 9})).isZero();
  }

  @Test
  void directionsWithoutVarianceAreLeftOut() {
    // Two vectors: no shrinkage, rank one. Along their difference the deviation is 1.
    VectorMoments moments =
        new VectorMoments().add(new double[] {1, 0, 0}).add(new double[] {-1, 0, 0});
    Gaussian gaussian = Gaussian.fit(moments);
    assertThat(gaussian.mahalanobis(new double[] {3, 5, 7})).isCloseTo(3, within(1e-12));
  }

  @Test
  void printsNothingToStandardOutput() {
    PrintStream original = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      Gaussian.fit(new VectorMoments().add(new double[] {1, 0}).add(new double[] {-1, 0}));
    } finally {
      System.setOut(original);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void survivesSerialization() {
    Gaussian gaussian = new Gaussian(new double[] {1}, new double[] {2});
    Gaussian copy = JavaSerialization.roundTrip(gaussian);
    assertThat(copy.mean()).isEqualTo(gaussian.mean());
    assertThat(copy.precision()).isEqualTo(gaussian.precision());
  }

  @Test
  void refusesFeaturesOfAnotherLength() {
    Gaussian gaussian = new Gaussian(new double[] {1}, new double[] {2});
    assertThatThrownBy(() -> gaussian.mahalanobis(new double[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 features do not belong with a Gaussian of dimension 1.");
  }

  private static void assertFactored(Gaussian gaussian) {
    int d = gaussian.dimension();
    double[] factor = gaussian.precisionFactor();
    double[] product = new double[d * d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        for (int k = 0; k < d; k++) {
          product[i * d + j] += factor[i * d + k] * factor[j * d + k];
        }
      }
    }
    LargestEntry.assertClose(product, gaussian.precision(), 1e-12);
  }

  private static double[] distances(String name, Gaussian gaussian) {
    return Arrays.stream(GaussianFixture.rows("gaussian/" + name + "/probes.npy"))
        .mapToDouble(gaussian::mahalanobis)
        .toArray();
  }

  private static void assertEachClose(double[] actual, double[] expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(tolerance * Math.abs(expected[i])));
    }
  }
}
