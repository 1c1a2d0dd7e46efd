package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.BadInputException;
import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.dataset.GroundTruthRegion;
import dev.puad.model.stats.JavaSerialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvaluationStateTest {

  private static final int PIXELS = 30;
  private static final List<Image> IMAGES = images();

  private record Image(
      AnomalyKind kind,
      List<String> defects,
      Map<String, Double> scores,
      float[] map,
      List<GroundTruthRegion> regions) {}

  @Test
  void aurocIsTheShareOfPairsInOrder() {
    Map<String, BySubset> auroc = auroc(state(IMAGES));
    assertThat(auroc.keySet()).containsExactlyInAnyOrder("combined", "picturable");
    auroc.forEach(
        (name, subsets) -> {
          assertThat(subsets.structural())
              .hasValueCloseTo(pairsInOrder(name, AnomalyKind.STRUCTURAL), within(1e-12));
          assertThat(subsets.logical())
              .hasValueCloseTo(pairsInOrder(name, AnomalyKind.LOGICAL), within(1e-12));
          assertThat(subsets.all())
              .hasValueCloseTo(
                  pairsInOrder(name, AnomalyKind.STRUCTURAL, AnomalyKind.LOGICAL), within(1e-12));
        });
  }

  @Test
  void aDefectTypesAurocIsOverTheImagesThatShowIt() {
    BySubset found = state(IMAGES).detection().get("combined").by(RocState::auroc);
    assertThat(found.defects().keySet()).containsExactly("bent", "cut");
    found
        .defects()
        .forEach(
            (defect, auroc) ->
                assertThat(auroc)
                    .hasValueCloseTo(
                        pairsInOrder("combined", image -> image.defects().contains(defect)),
                        within(1e-12)));
  }

  @Test
  void theMapsAreThoseOfTheLocalization() {
    LocalizationState expected = new LocalizationState(ValueBins.coarse());
    IMAGES.forEach(image -> expected.add(image.kind(), image.map(), image.regions()));
    assertThat(state(IMAGES).localization().curve()).isEqualTo(expected.curve());
  }

  @Test
  void anAnomalyThatNobodyMarkedCountsForItsScoresAlone() {
    EvaluationState more = state(IMAGES);
    Map<String, Double> scores = Map.of("combined", 9.0, "picturable", 9.0);
    more.add(
        new EvaluationState.Image(AnomalyKind.STRUCTURAL, List.of(), scores),
        new float[PIXELS],
        List.of());
    assertThat(more.unannotated()).isEqualTo(1);
    assertThat(more.localization().curve()).isEqualTo(state(IMAGES).localization().curve());
    assertThat(auroc(more)).isNotEqualTo(auroc(state(IMAGES)));
    assertThat(state(IMAGES).mergeWith(more).unannotated()).isEqualTo(1);
  }

  @Test
  void imagesAreCountedByKind() {
    EvaluationState state = state(IMAGES);
    for (AnomalyKind kind : AnomalyKind.values()) {
      assertThat(state.images(kind))
          .isEqualTo(IMAGES.stream().filter(image -> image.kind() == kind).count())
          .isPositive();
    }
  }

  @Test
  void anEmptyStateIsTheIdentity() {
    assertSame(state(IMAGES).mergeWith(state(List.of())), state(IMAGES));
    assertSame(state(List.of()).mergeWith(state(IMAGES)), state(IMAGES));
  }

  @Test
  void mergingIsCommutative() {
    List<Image> first = IMAGES.subList(0, 17);
    List<Image> second = IMAGES.subList(17, IMAGES.size());
    assertSame(state(first).mergeWith(state(second)), state(second).mergeWith(state(first)));
  }

  @Test
  void mergingIsAssociative() {
    List<Image> first = IMAGES.subList(0, 9);
    List<Image> second = IMAGES.subList(9, 22);
    List<Image> third = IMAGES.subList(22, IMAGES.size());
    assertSame(
        state(first).mergeWith(state(second)).mergeWith(state(third)),
        state(first).mergeWith(state(second).mergeWith(state(third))));
  }

  @Test
  void everySplitEqualsTheWhole() {
    EvaluationState whole = state(IMAGES);
    for (int at = 0; at <= IMAGES.size(); at += 5) {
      EvaluationState split =
          state(IMAGES.subList(0, at)).mergeWith(state(IMAGES.subList(at, IMAGES.size())));
      assertSame(split, whole);
    }
  }

  @Test
  void mergingLeavesTheOtherAsItIs() {
    EvaluationState other = state(IMAGES.subList(0, 20));
    state(IMAGES.subList(20, IMAGES.size())).mergeWith(other).mergeWith(other);
    assertSame(other, state(IMAGES.subList(0, 20)));
  }

  @Test
  void survivesSerialization() {
    assertSame(JavaSerialization.roundTrip(state(IMAGES)), state(IMAGES));
  }

  @Test
  void withoutGoodImagesNoAurocIsDefined() {
    List<Image> anomalous =
        IMAGES.stream().filter(image -> image.kind() != AnomalyKind.GOOD).toList();
    BySubset combined = auroc(state(anomalous)).get("combined");
    assertThat(combined.named().values()).allMatch(OptionalDouble::isEmpty);
    assertThat(combined.defects().values()).isNotEmpty().allMatch(OptionalDouble::isEmpty);
  }

  @Test
  void withoutLogicalImagesOnlyTheOthersAreDefined() {
    List<Image> images =
        IMAGES.stream().filter(image -> image.kind() != AnomalyKind.LOGICAL).toList();
    BySubset auroc = auroc(state(images)).get("combined");
    assertThat(auroc.structural()).isPresent();
    assertThat(auroc.all()).isEqualTo(auroc.structural());
    assertThat(auroc.logical()).isEmpty();
    assertThat(auroc.mean()).isEmpty();
  }

  @Test
  void anEmptyStateHasNoScores() {
    assertThat(state(List.of()).detection()).isEmpty();
  }

  @Test
  void aScoreOfNanIsRefusedWithoutAddingAnything() {
    EvaluationState state = state(IMAGES);
    assertThatThrownBy(
            () ->
                state.add(
                    new EvaluationState.Image(
                        AnomalyKind.GOOD,
                        List.of(),
                        Map.of("combined", 1.0, "picturable", Double.NaN)),
                    new float[PIXELS],
                    List.of()))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot rank a score of NaN: score the image again.");
    assertSame(state, state(IMAGES));
  }

  @Test
  void aMapWithNanIsRefusedWithoutAddingAnything() {
    EvaluationState state = state(IMAGES);
    assertThatThrownBy(
            () ->
                state.add(
                    new EvaluationState.Image(AnomalyKind.GOOD, List.of(), Map.of("combined", 1.0)),
                    new float[] {Float.NaN},
                    List.of()))
        .isInstanceOf(BadInputException.class);
    assertSame(state, state(IMAGES));
  }

  @Test
  void statesOfDifferentBinsDoNotMerge() {
    EvaluationState state = state(IMAGES);
    ValueBins others = ValueBins.of(List.of(new ValueBins.Split(0, 16, 3)));
    assertThatThrownBy(() -> state.mergeWith(new EvaluationState(others)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot merge states of different bins.");
    assertSame(state, state(IMAGES));
  }

  private static void assertSame(EvaluationState actual, EvaluationState expected) {
    for (AnomalyKind kind : AnomalyKind.values()) {
      assertThat(actual.images(kind)).isEqualTo(expected.images(kind));
    }
    assertThat(auroc(actual)).isEqualTo(auroc(expected));
    assertThat(actual.localization().curve()).isEqualTo(expected.localization().curve());
  }

  private static Map<String, BySubset> auroc(EvaluationState state) {
    Map<String, BySubset> auroc = new LinkedHashMap<>();
    state.detection().forEach((name, score) -> auroc.put(name, score.by(RocState::auroc)));
    return auroc;
  }

  private static double pairsInOrder(String name, AnomalyKind... anomalies) {
    return pairsInOrder(name, image -> List.of(anomalies).contains(image.kind()));
  }

  private static double pairsInOrder(String name, Predicate<Image> anomalies) {
    double inOrder = 0;
    int pairs = 0;
    for (Image good : IMAGES) {
      for (Image anomalous : IMAGES) {
        if (good.kind() == AnomalyKind.GOOD && anomalies.test(anomalous)) {
          double difference = anomalous.scores().get(name) - good.scores().get(name);
          inOrder += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
          pairs++;
        }
      }
    }
    return inOrder / pairs;
  }

  private static EvaluationState state(List<Image> images) {
    EvaluationState state = new EvaluationState(ValueBins.coarse());
    images.forEach(
        image ->
            state.add(
                new EvaluationState.Image(image.kind(), image.defects(), image.scores()),
                image.map(),
                image.regions()));
    return state;
  }

  /** Forty images of every kind, with ties among their scores. */
  private static List<Image> images() {
    Random random = new Random(5);
    List<AnomalyKind> kinds = List.of(AnomalyKind.values());
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      AnomalyKind kind = kinds.get(random.nextInt(kinds.size()));
      float[] map = new float[PIXELS];
      for (int p = 0; p < PIXELS; p++) {
        map[p] = (float) random.nextGaussian();
      }
      List<GroundTruthRegion> regions = new ArrayList<>();
      if (kind != AnomalyKind.GOOD) {
        int start = random.nextInt(PIXELS / 2);
        int[] pixels = IntStream.range(start, start + 1 + random.nextInt(8)).toArray();
        Arrays.stream(pixels).forEach(p -> map[p] += 1);
        regions.add(
            GroundTruthRegion.ofPixels(
                i % 2 == 0 ? "bent" : "cut", pixels, 1 + random.nextInt(pixels.length)));
      }
      Map<String, Double> scores =
          Map.of(
              "combined",
              Math.round(2 * random.nextGaussian()) / 2.0,
              "picturable",
              random.nextGaussian());
      List<String> defects = regions.stream().map(GroundTruthRegion::defect).toList();
      images.add(new Image(kind, defects, scores, map, regions));
    }
    return images;
  }
}
