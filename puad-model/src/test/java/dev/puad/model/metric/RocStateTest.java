package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import dev.puad.model.stats.JavaSerialization;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RocStateTest {

  private static final int IMAGES = 60;

  @Test
  void casesAgreeWithTheReference() throws IOException {
    JsonNode cases = new ObjectMapper().readTree(Fixtures.path("auroc/cases.json").toFile());
    assertThat(cases).isNotEmpty();
    for (Map.Entry<String, JsonNode> entry : cases.properties()) {
      JsonNode expected = entry.getValue().get("auroc");
      RocState state = state(entry.getValue());
      if (expected.isNull()) {
        assertThat(state.auroc()).as(entry.getKey()).isEmpty();
      } else {
        assertThat(state.auroc().orElseThrow())
            .as(entry.getKey())
            .isCloseTo(expected.doubleValue(), within(1e-12));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"roc_curve_all_points", "roc_curve_drop_intermediate"})
  void isTheAreaUnderTheReferencesCurve(String points) throws IOException {
    JsonNode ties =
        new ObjectMapper().readTree(Fixtures.path("auroc/cases.json").toFile()).get("ties-small");
    JsonNode falsePositives = ties.get(points).get("fpr");
    JsonNode truePositives = ties.get(points).get("tpr");
    double area = 0;
    for (int i = 1; i < falsePositives.size(); i++) {
      double width = falsePositives.get(i).doubleValue() - falsePositives.get(i - 1).doubleValue();
      double twice = truePositives.get(i).doubleValue() + truePositives.get(i - 1).doubleValue();
      area += width * twice / 2;
    }
    assertThat(state(ties).auroc()).hasValueCloseTo(area, within(1e-12));
  }

  @Test
  void aLargeSetWithTiesAgreesWithTheReference() throws IOException {
    double[] labels = Fixtures.npy("auroc/large-labels.npy").doubles();
    double[] scores = Fixtures.npy("auroc/large-scores.npy").doubles();
    RocState state = new RocState();
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] == 1) {
        state.addAnomalous(scores[i]);
      } else {
        state.addNormal(scores[i]);
      }
    }
    double expected =
        new ObjectMapper()
            .readTree(Fixtures.path("auroc/large-expected.json").toFile())
            .get("auroc")
            .doubleValue();
    assertThat(state.auroc().orElseThrow()).isCloseTo(expected, within(1e-12));
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
  void isTheShareOfPairsInOrderWithTiesCountedHalf() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      double[] normal = random.doubles(1 + random.nextInt(30)).map(RocStateTest::tied).toArray();
      double[] anomalous = random.doubles(1 + random.nextInt(30)).map(RocStateTest::tied).toArray();
      RocState state = new RocState();
      double inOrder = 0;
      for (double score : normal) {
        state.addNormal(score);
      }
      for (double score : anomalous) {
        state.addAnomalous(score);
        for (double other : normal) {
          inOrder += score > other ? 1 : score == other ? 0.5 : 0;
        }
      }
      assertThat(state.auroc())
          .hasValueCloseTo(inOrder / normal.length / anomalous.length, within(1e-15));
    }
  }

  @Test
  void bothZerosTie() {
    assertThat(new RocState().addNormal(-0.0).addAnomalous(0.0).auroc()).hasValue(0.5);
  }

  @Test
  void isUndefinedWithoutNormalImages() {
    assertThat(new RocState().addAnomalous(1).auroc()).isEmpty();
  }

  @Test
  void isUndefinedWithoutAnomalousImages() {
    assertThat(new RocState().addNormal(1).auroc()).isEmpty();
  }

  @Test
  void anEmptyStateIsTheIdentity() {
    assertThat(new RocState().mergeWith(part(0, IMAGES)).auroc()).isEqualTo(whole());
    assertThat(part(0, IMAGES).mergeWith(new RocState()).auroc()).isEqualTo(whole());
  }

  @Test
  void everySplitInEitherOrderEqualsTheWhole() {
    for (int at = 0; at <= IMAGES; at++) {
      assertThat(part(0, at).mergeWith(part(at, IMAGES)).auroc()).isEqualTo(whole());
      assertThat(part(at, IMAGES).mergeWith(part(0, at)).auroc()).isEqualTo(whole());
    }
  }

  @Test
  void mergingIsAssociative() {
    assertThat(part(0, 7).mergeWith(part(7, 31)).mergeWith(part(31, IMAGES)).auroc())
        .isEqualTo(part(0, 7).mergeWith(part(7, 31).mergeWith(part(31, IMAGES))).auroc());
  }

  @Test
  void survivesSerialization() {
    RocState copy = JavaSerialization.roundTrip(part(0, IMAGES));
    assertThat(copy.auroc()).isEqualTo(whole());
    assertThat(copy.normalCount() + copy.anomalousCount()).isEqualTo(IMAGES);
  }

  @Test
  void refusesNan() {
    assertThatThrownBy(() -> new RocState().addNormal(Double.NaN))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot rank a score of NaN: score the image again.");
  }

  /** Of labels and scores in two arrays. */
  private static RocState state(JsonNode images) {
    RocState state = new RocState();
    for (int i = 0; i < images.get("labels").size(); i++) {
      double score = images.get("scores").get(i).doubleValue();
      if (images.get("labels").get(i).intValue() == 1) {
        state.addAnomalous(score);
      } else {
        state.addNormal(score);
      }
    }
    return state;
  }

  private static OptionalDouble whole() {
    return part(0, IMAGES).auroc();
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
