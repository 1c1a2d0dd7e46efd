package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RocCurveTest {

  private static final double TOLERANCE = 1e-12;

  @ParameterizedTest
  @ValueSource(strings = {"roc_curve_all_points", "roc_curve_drop_intermediate"})
  void isTheAreaUnderTheReferencesCurve(String points) {
    JsonNode ties = ScoredImages.reference("cases.json").get("ties-small");
    double[] falsePositives = ScoredImages.numbers(ties.get(points).get("fpr"));
    double[] truePositives = ScoredImages.numbers(ties.get(points).get("tpr"));
    double area = 0;
    for (int i = 1; i < falsePositives.length; i++) {
      double width = falsePositives[i] - falsePositives[i - 1];
      area += width * (truePositives[i] + truePositives[i - 1]) / 2;
    }
    assertThat(curve(ScoredImages.of(ties)).area()).isCloseTo(area, within(TOLERANCE));
  }

  /** But for the first threshold, which stands for infinity and is the largest score plus 1. */
  @Test
  void hasThePointsOfTheReferencesRocCurve() {
    JsonNode ties = ScoredImages.reference("cases.json").get("ties-small");
    JsonNode points = ties.get("roc_curve_all_points");
    RocCurve curve = curve(ScoredImages.of(ties));
    double[] thresholds = ScoredImages.numbers(points.get("thresholds"));
    thresholds[0] = Double.POSITIVE_INFINITY;

    assertThat(curve.thresholds()).isEqualTo(thresholds);
    assertThat(shares(curve.normals()))
        .containsExactly(ScoredImages.numbers(points.get("fpr")), within(TOLERANCE));
    assertThat(shares(curve.anomalies()))
        .containsExactly(ScoredImages.numbers(points.get("tpr")), within(TOLERANCE));
  }

  /** From the lowest threshold up; its last point is none of the scores, but precision 1. */
  @Test
  void hasThePointsOfTheReferencesPrecisionRecallCurve() {
    JsonNode ties = ScoredImages.reference("cases.json").get("ties-small");
    JsonNode points = ties.get("precision_recall_curve");
    RocCurve curve = curve(ScoredImages.of(ties));
    int last = points.get("thresholds").size();

    assertThat(curve.thresholds()).hasSize(last + 1);
    for (int i = 0; i < last; i++) {
      int ours = last - i;
      double anomalies = curve.anomalies()[ours];
      assertThat(curve.thresholds()[ours]).isEqualTo(points.get("thresholds").get(i).doubleValue());
      assertThat(anomalies / (anomalies + curve.normals()[ours]))
          .isCloseTo(points.get("precision").get(i).doubleValue(), within(TOLERANCE));
      assertThat(shares(curve.anomalies())[ours])
          .isCloseTo(points.get("recall").get(i).doubleValue(), within(TOLERANCE));
    }
  }

  @Test
  void areaIsTheShareOfPairsInOrderWithTiesCountedHalf() {
    for (int seed = 0; seed < 50; seed++) {
      ScoredImages images = ScoredImages.random(seed);
      double inOrder = 0;
      for (double score : images.anomalous()) {
        for (double other : images.normal()) {
          inOrder += score > other ? 1 : score == other ? 0.5 : 0;
        }
      }
      assertThat(curve(images).area())
          .isCloseTo(inOrder / images.normal().length / images.anomalous().length, within(1e-15));
    }
  }

  @Test
  void averagePrecisionIsTheMeanPrecisionWhereEachAnomalousImageIsJustFound() {
    for (int seed = 0; seed < 50; seed++) {
      ScoredImages images = ScoredImages.random(seed);
      double expected =
          Arrays.stream(images.anomalous())
              .map(
                  score -> {
                    double found = ScoredImages.atLeast(score, images.anomalous());
                    return found / (found + ScoredImages.atLeast(score, images.normal()));
                  })
              .average()
              .orElseThrow();
      assertThat(curve(images).averagePrecision()).isCloseTo(expected, within(TOLERANCE));
    }
  }

  @Test
  void bestF1IsTheFirstMaximumOverAscendingScores() {
    for (int seed = 0; seed < 50; seed++) {
      ScoredImages images = ScoredImages.random(seed);
      BestF1 expected = new BestF1(0, Double.NaN);
      for (double threshold : images.scores().sorted().toArray()) {
        double found = ScoredImages.atLeast(threshold, images.anomalous());
        double missed = images.anomalous().length - found;
        double falseAlarms = ScoredImages.atLeast(threshold, images.normal());
        double f1 = 2 * found / (2 * found + missed + falseAlarms);
        if (f1 > expected.f1()) {
          expected = new BestF1(f1, threshold);
        }
      }
      assertThat(curve(images).bestF1()).isEqualTo(expected);
    }
  }

  /** At 2, all found are anomalous, but half are missed; at 1, all are found, half falsely. */
  @Test
  void ofEqualF1TheLeastThresholdIsTaken() {
    ScoredImages images = new ScoredImages(new double[] {1, 1}, new double[] {1, 2});

    assertThat(curve(images).bestF1()).isEqualTo(new BestF1(2 / 3.0, 1));
  }

  @Test
  void infiniteScoresAreRankedAtTheEnds() {
    double[] ends = {Double.NEGATIVE_INFINITY, 0, Double.POSITIVE_INFINITY};
    double[] others = {Double.NEGATIVE_INFINITY, 1, Double.POSITIVE_INFINITY};
    RocCurve curve = curve(new ScoredImages(ends, others));
    RocCurve finite = curve(new ScoredImages(new double[] {-9, 0, 9}, new double[] {-9, 1, 9}));

    assertThat(curve.normals()).isEqualTo(finite.normals());
    assertThat(curve.anomalies()).isEqualTo(finite.anomalies());
    assertThat(curve.area()).isEqualTo(finite.area());
    assertThat(curve.interval(0.9)).isEqualTo(finite.interval(0.9));
    assertThat(curve.averagePrecision()).isEqualTo(finite.averagePrecision());
    assertThat(curve.bestF1().f1()).isEqualTo(finite.bestF1().f1());
  }

  @Test
  void aThresholdMayBeInfinite() {
    ScoredImages images =
        new ScoredImages(new double[] {0}, new double[] {Double.POSITIVE_INFINITY});

    assertThat(curve(images).bestF1()).isEqualTo(new BestF1(1, Double.POSITIVE_INFINITY));
  }

  private static RocCurve curve(ScoredImages images) {
    return images.state().curve().orElseThrow();
  }

  private static double[] shares(long[] counts) {
    return Arrays.stream(counts)
        .mapToDouble(count -> (double) count / counts[counts.length - 1])
        .toArray();
  }
}
