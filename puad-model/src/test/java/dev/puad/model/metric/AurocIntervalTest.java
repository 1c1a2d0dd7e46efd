package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AurocIntervalTest {

  /** The standard normal distribution's value at 0.975. */
  private static final double AT_95_PERCENT = 1.959963984540054;

  @ParameterizedTest
  @CsvSource({"0.5, 0.6744897501960817", "0.95, 1.959963984540054", "0.99, 2.5758293035489004"})
  void agreesWithTheDefinitionOverAllPairs(double confidence, double deviations) {
    for (int seed = 0; seed < 50; seed++) {
      ScoredImages images = ScoredImages.random(seed);
      double area = area(images.normal(), images.anomalous());
      double reach = deviations * Math.sqrt(variance(images.normal(), images.anomalous()));

      Interval interval = images.state().aurocInterval(confidence).orElseThrow();

      assertThat(interval.low()).isCloseTo(Math.max(0, area - reach), within(1e-12));
      assertThat(interval.high()).isCloseTo(Math.min(1, area + reach), within(1e-12));
    }
  }

  /**
   * The K-G score of the 43 patients of DeLong et al. (1988) for whom every test is known, counted
   * by score from 3 to 10. In rational numbers the area is 45/62 and its variance 965603/91333440;
   * SAS/STAT's example of comparing ROC curves has 0.7258 and (0.5243, 0.9273).
   */
  @Test
  void agreesWithThePublishedIntervalOfAStudyWithTies() {
    ScoredImages patients =
        new ScoredImages(repeated(2, 3, 13, 9, 4, 0, 0, 0), repeated(0, 2, 1, 3, 1, 3, 1, 1));
    double reach = AT_95_PERCENT * Math.sqrt(965603 / 91333440.0);

    Interval interval = patients.state().aurocInterval(0.95).orElseThrow();

    assertThat(patients.state().auroc()).hasValueCloseTo(45 / 62.0, within(1e-15));
    assertThat(interval.low()).isCloseTo(45 / 62.0 - reach, within(1e-12));
    assertThat(interval.high()).isCloseTo(45 / 62.0 + reach, within(1e-12));
    assertThat(interval.low()).isCloseTo(0.5243, within(5e-5));
    assertThat(interval.high()).isCloseTo(0.9273, within(5e-5));
  }

  /**
   * Two normal images at 1 and 3, two anomalous at 2 and 4: components of 1/2 and 1 either way, of
   * variance 1/8, so that the area's is 1/16 + 1/16.
   */
  @Test
  void fourImagesAgreeWithPenAndPaper() {
    ScoredImages images = new ScoredImages(new double[] {1, 3}, new double[] {2, 4});

    Interval interval = images.state().aurocInterval(0.5).orElseThrow();

    assertThat(interval.low())
        .isCloseTo(0.75 - 0.6744897501960817 * Math.sqrt(1 / 8.0), within(1e-12));
    assertThat(interval.high())
        .isCloseTo(0.75 + 0.6744897501960817 * Math.sqrt(1 / 8.0), within(1e-12));
  }

  @Test
  void holdsTheTrueAreaAboutAsOftenAsItSays() {
    // Of Gaussians with means 0 and √2 and standard deviation 1: Φ(√2 / √2).
    double truth = 0.8413447460685429;
    Random random = new Random(11);
    int holding = 0;
    for (int sample = 0; sample < 2000; sample++) {
      RocState state = new RocState();
      for (int i = 0; i < 100; i++) {
        state.addNormal(random.nextGaussian());
        state.addAnomalous(random.nextGaussian() + Math.sqrt(2));
      }
      Interval interval = state.aurocInterval(0.95).orElseThrow();
      if (interval.low() <= truth && truth <= interval.high()) {
        holding++;
      }
    }
    assertThat(holding / 2000.0).isBetween(0.93, 0.965);
  }

  @Test
  void halvesWithFourTimesTheImages() {
    Random random = new Random(5);
    double[] widths =
        IntStream.of(100, 400, 1600, 6400)
            .mapToDouble(
                size -> {
                  RocState state = new RocState();
                  for (int i = 0; i < size; i++) {
                    state.addNormal(random.nextGaussian());
                    state.addAnomalous(random.nextGaussian() + 1);
                  }
                  Interval interval = state.aurocInterval(0.95).orElseThrow();
                  return interval.high() - interval.low();
                })
            .toArray();
    for (int i = 1; i < widths.length; i++) {
      assertThat(widths[i] / widths[i - 1]).isCloseTo(0.5, within(0.1));
    }
  }

  @Test
  void widensWithTheConfidence() {
    RocState state = ScoredImages.random(3).state();
    double[] confidences = {1e-9, 0.1, 0.5, 0.9, 0.99};
    for (int i = 1; i < confidences.length; i++) {
      Interval narrow = state.aurocInterval(confidences[i - 1]).orElseThrow();
      Interval wide = state.aurocInterval(confidences[i]).orElseThrow();
      assertThat(wide.low()).isLessThan(narrow.low());
      assertThat(wide.high()).isGreaterThan(narrow.high());
    }
  }

  @Test
  void isTheSameForScoresThatRankTheSame() {
    for (int seed = 0; seed < 50; seed++) {
      ScoredImages images = ScoredImages.random(seed);
      assertThat(images.map(Math::exp).state().aurocInterval(0.95))
          .isEqualTo(images.state().aurocInterval(0.95));
    }
  }

  @Test
  void isMirroredWhereScoresAreNegated() {
    for (int seed = 0; seed < 50; seed++) {
      ScoredImages images = ScoredImages.random(seed);
      Interval interval = images.state().aurocInterval(0.95).orElseThrow();
      Interval mirrored = images.map(score -> -score).state().aurocInterval(0.95).orElseThrow();
      assertThat(mirrored.low()).isCloseTo(1 - interval.high(), within(1e-12));
      assertThat(mirrored.high()).isCloseTo(1 - interval.low(), within(1e-12));
    }
  }

  @Test
  void isCutToWhatAnAreaCanBe() {
    ScoredImages images = new ScoredImages(new double[] {1, 2, 3}, new double[] {3, 4, 5});

    assertThat(images.state().auroc().orElseThrow()).isLessThan(1);
    assertThat(images.state().aurocInterval(0.95).orElseThrow().high()).isEqualTo(1);
    assertThat(images.map(score -> -score).state().aurocInterval(0.95).orElseThrow().low())
        .isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.95, 0x1.fffffffffffffp-1})
  void isAPointWhereTheComponentsDoNotVary(double confidence) {
    double[] low = {1, 2, 3};
    double[] high = {4, 5};
    double[] tied = {1, 1};

    assertThat(new ScoredImages(low, high).state().aurocInterval(confidence))
        .hasValue(new Interval(1, 1));
    assertThat(new ScoredImages(high, low).state().aurocInterval(confidence))
        .hasValue(new Interval(0, 0));
    assertThat(new ScoredImages(tied, tied).state().aurocInterval(confidence))
        .hasValue(new Interval(0.5, 0.5));
  }

  @Test
  void isUndefinedWithLessThanTwoImagesOfAKind() {
    double[] none = {};
    double[] one = {1};
    double[] two = {1, 2};

    assertThat(new ScoredImages(one, two).state().aurocInterval(0.95)).isEmpty();
    assertThat(new ScoredImages(two, one).state().aurocInterval(0.95)).isEmpty();
    assertThat(new ScoredImages(none, two).state().aurocInterval(0.95)).isEmpty();
    assertThat(new ScoredImages(two, none).state().aurocInterval(0.95)).isEmpty();
    assertThat(new ScoredImages(two, two).state().aurocInterval(0.95)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -0.5, 95, Double.NaN})
  void refusesAConfidenceOutOfRange(double confidence) {
    assertThatThrownBy(() -> new RocState().aurocInterval(confidence))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot make an interval of confidence " + confidence + ": it must lie in (0, 1).");
  }

  /** Each index as often as its count says. */
  private static double[] repeated(int... counts) {
    return IntStream.range(0, counts.length)
        .mapToDouble(i -> i)
        .flatMap(i -> DoubleStream.generate(() -> i).limit(counts[(int) i]))
        .toArray();
  }

  private static double area(double[] normal, double[] anomalous) {
    return Arrays.stream(anomalous).map(score -> shareBelow(score, normal)).average().orElseThrow();
  }

  private static double variance(double[] normal, double[] anomalous) {
    double[] ofAnomalous =
        Arrays.stream(anomalous).map(score -> shareBelow(score, normal)).toArray();
    double[] ofNormal =
        Arrays.stream(normal).map(score -> 1 - shareBelow(score, anomalous)).toArray();
    return sampleVariance(ofAnomalous) / anomalous.length
        + sampleVariance(ofNormal) / normal.length;
  }

  private static double shareBelow(double score, double[] others) {
    return Arrays.stream(others)
        .map(other -> other < score ? 1 : other == score ? 0.5 : 0)
        .average()
        .orElseThrow();
  }

  private static double sampleVariance(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    return Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum()
        / (values.length - 1);
  }
}
