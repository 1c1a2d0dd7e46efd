package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import dev.puad.model.stats.JavaSerialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RocStateTest {

  private static final int IMAGES = 60;

  /**
   * The LOCO evaluation's own AUROC, which the files hold too, is another where scores tie; with
   * one class only, scikit-learn's average precision of 1 or 0 is undefined here, as AUROC is.
   */
  @Test
  void casesAgreeWithTheReference() {
    JsonNode cases = ScoredImages.reference("cases.json");
    assertThat(cases).isNotEmpty();
    for (Map.Entry<String, JsonNode> entry : cases.properties()) {
      RocState state = ScoredImages.of(entry.getValue()).state();
      if (entry.getValue().get("auroc").isNull()) {
        assertThat(state.auroc()).as(entry.getKey()).isEmpty();
        assertThat(state.averagePrecision()).as(entry.getKey()).isEmpty();
        assertThat(state.bestF1()).as(entry.getKey()).isEmpty();
      } else {
        assertAgrees(entry.getKey(), state, entry.getValue());
      }
    }
  }

  @Test
  void aLargeSetWithTiesAgreesWithTheReference() {
    ScoredImages images =
        ScoredImages.of(
            Fixtures.npy("auroc/large-labels.npy").doubles(),
            Fixtures.npy("auroc/large-scores.npy").doubles());
    assertAgrees("large", images.state(), ScoredImages.reference("large-expected.json"));
  }

  /** Without c7, whose images tie: there the official evaluation's AUROC is another. */
  @ParameterizedTest
  @CsvSource({"c1-pushpins, pushpins", "c3-breakfast-box, breakfast_box"})
  void largestValuesOfMapsAreRankedAsByTheOfficialEvaluation(String name, String category) {
    LocoCase loco = new LocoCase(name, category);
    for (String kind : List.of("structural_anomalies", "logical_anomalies")) {
      RocState state = new RocState();
      loco.maxima("good").forEach(state::addNormal);
      loco.maxima(kind).forEach(state::addAnomalous);
      double exact = loco.expected("expected-exact.json").get("auc_roc").get(kind).doubleValue();
      assertThat(state.auroc()).hasValueCloseTo(exact, within(1e-12));
      for (String distance : List.of("0-001", "0-01")) {
        double official =
            loco.expected("expected-official-distance-" + distance + ".json")
                .get("classification")
                .get("auc_roc")
                .get(kind)
                .doubleValue();
        assertThat(state.auroc()).hasValueCloseTo(official, within(1e-12));
      }
    }
  }

  @Test
  void bothZerosTie() {
    assertThat(new RocState().addNormal(-0.0).addAnomalous(0.0).auroc()).hasValue(0.5);
  }

  @Test
  void anImageAtTheThresholdIsNotAboveIt() {
    RocState state = new ScoredImages(new double[] {1, 2, 3, 4}, new double[] {2, 2, 5}).state();

    assertThat(state.recall(2)).hasValue(1 / 3.0);
    assertThat(state.recall(Math.nextDown(2.0))).hasValue(1);
    assertThat(state.falseAlarmRate(2)).hasValue(0.5);
    assertThat(state.falseAlarmRate(Math.nextDown(2.0))).hasValue(0.75);
  }

  @Test
  void sharesAboveAThresholdAreThoseOfTheImages() {
    for (int seed = 0; seed < 50; seed++) {
      ScoredImages images = ScoredImages.random(seed);
      for (double threshold :
          images.scores().flatMap(s -> DoubleStream.of(s, s + 0.05)).toArray()) {
        assertThat(images.state().recall(threshold))
            .hasValue(shareAbove(threshold, images.anomalous()));
        assertThat(images.state().falseAlarmRate(threshold))
            .hasValue(shareAbove(threshold, images.normal()));
      }
    }
  }

  @Test
  void aThresholdOfEitherZeroIsTheSame() {
    RocState state = new RocState().addNormal(0.0).addAnomalous(-0.0);
    assertThat(state.recall(-0.0)).hasValue(0);
    assertThat(state.falseAlarmRate(-0.0)).hasValue(0);
  }

  @Test
  void nothingIsAboveInfinityAndOnlyInfinityIsNotAboveItsNegative() {
    RocState state =
        new RocState()
            .addAnomalous(Double.POSITIVE_INFINITY)
            .addAnomalous(0)
            .addAnomalous(Double.NEGATIVE_INFINITY);
    assertThat(state.recall(Double.POSITIVE_INFINITY)).hasValue(0);
    assertThat(state.recall(Double.MAX_VALUE)).hasValue(1 / 3.0);
    assertThat(state.recall(Double.NEGATIVE_INFINITY)).hasValue(2 / 3.0);
  }

  @Test
  void withoutNormalImagesOnlyRecallIsDefined() {
    RocState state = new RocState().addAnomalous(1).addAnomalous(2);
    assertThat(state.auroc()).isEmpty();
    assertThat(state.aurocInterval(0.95)).isEmpty();
    assertThat(state.averagePrecision()).isEmpty();
    assertThat(state.bestF1()).isEmpty();
    assertThat(state.falseAlarmRate(1)).isEmpty();
    assertThat(state.recall(1)).hasValue(0.5);
  }

  @Test
  void withoutAnomalousImagesOnlyTheFalseAlarmRateIsDefined() {
    RocState state = new RocState().addNormal(1).addNormal(2);
    assertThat(state.auroc()).isEmpty();
    assertThat(state.aurocInterval(0.95)).isEmpty();
    assertThat(state.averagePrecision()).isEmpty();
    assertThat(state.bestF1()).isEmpty();
    assertThat(state.recall(1)).isEmpty();
    assertThat(state.falseAlarmRate(1)).hasValue(0.5);
  }

  @Test
  void anEmptyStateIsTheIdentity() {
    assertThat(metrics(new RocState().mergeWith(part(0, IMAGES)))).isEqualTo(whole());
    assertThat(metrics(part(0, IMAGES).mergeWith(new RocState()))).isEqualTo(whole());
  }

  @Test
  void everySplitInEitherOrderEqualsTheWhole() {
    for (int at = 0; at <= IMAGES; at++) {
      assertThat(metrics(part(0, at).mergeWith(part(at, IMAGES)))).isEqualTo(whole());
      assertThat(metrics(part(at, IMAGES).mergeWith(part(0, at)))).isEqualTo(whole());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 50})
  void partsInAnyOrderEqualTheWhole(int parts) {
    List<RocState> states = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      states.add(part(i * IMAGES / parts, (i + 1) * IMAGES / parts));
    }
    Collections.shuffle(states, new Random(parts));
    RocState merged = new RocState();
    states.forEach(merged::mergeWith);

    assertThat(metrics(merged)).isEqualTo(whole());
  }

  @Test
  void mergingIsAssociative() {
    assertThat(metrics(part(0, 7).mergeWith(part(7, 31)).mergeWith(part(31, IMAGES))))
        .isEqualTo(metrics(part(0, 7).mergeWith(part(7, 31).mergeWith(part(31, IMAGES)))));
  }

  @Test
  void survivesSerialization() {
    RocState copy = JavaSerialization.roundTrip(part(0, IMAGES));
    assertThat(metrics(copy)).isEqualTo(whole());
    assertThat(copy.normalCount() + copy.anomalousCount()).isEqualTo(IMAGES);
  }

  @Test
  void refusesAThresholdOfNan() {
    assertThatThrownBy(() -> new RocState().recall(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot compare scores with a threshold of NaN.");
  }

  @Test
  void refusesNan() {
    assertThatThrownBy(() -> new RocState().addNormal(Double.NaN))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot rank a score of NaN: score the image again.");
  }

  private static void assertAgrees(String name, RocState state, JsonNode expected) {
    BestF1 best = state.bestF1().orElseThrow();
    double justBelow = Math.nextDown(best.threshold());
    double recall = state.recall(justBelow).orElseThrow();
    double found = recall * state.anomalousCount();
    double falseAlarms = state.falseAlarmRate(justBelow).orElseThrow() * state.normalCount();

    assertClose(name, state.auroc().orElseThrow(), expected.get("auroc"));
    assertClose(name, state.averagePrecision().orElseThrow(), expected.get("average_precision"));
    assertClose(name, best.f1(), expected.get("best_f1"));
    assertThat(best.threshold())
        .as(name)
        .isEqualTo(expected.get("best_f1_threshold").doubleValue())
        .isEqualTo(expected.get("best_f1_ties").get(0).doubleValue());
    assertClose(name, recall, expected.get("best_f1_recall"));
    assertClose(name, found / (found + falseAlarms), expected.get("best_f1_precision"));
  }

  private static void assertClose(String name, double actual, JsonNode expected) {
    assertThat(actual).as(name).isCloseTo(expected.doubleValue(), within(1e-12));
  }

  private static double shareAbove(double threshold, double[] scores) {
    return Arrays.stream(scores).filter(score -> score > threshold).count()
        / (double) scores.length;
  }

  /** Every metric, one after the other. */
  private static List<Object> metrics(RocState state) {
    return List.of(
        state.auroc(),
        state.aurocInterval(0.95),
        state.averagePrecision(),
        state.bestF1(),
        state.recall(0.3),
        state.falseAlarmRate(0.3));
  }

  private static List<Object> whole() {
    return metrics(part(0, IMAGES));
  }

  /** Images from..to of a fixed set whose scores tie now and then. */
  private static RocState part(int from, int to) {
    RocState state = new RocState();
    Random random = new Random(4);
    for (int i = 0; i < to; i++) {
      double score = tied(random.nextGaussian());
      if (i < from) {
        continue;
      }
      if (i % 3 == 0) {
        state.addAnomalous(score + 0.5);
      } else {
        state.addNormal(score);
      }
    }
    return state;
  }

  private static double tied(double value) {
    return Math.rint(value * 10) / 10;
  }
}
