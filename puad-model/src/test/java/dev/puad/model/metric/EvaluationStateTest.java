package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.BadInputException;
import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.stats.JavaSerialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvaluationStateTest {

  private static final int PIXELS = 30;
  private static final List<Double> LIMITS = List.of(0.05, 0.3, 1.0);
  private static final List<Image> IMAGES = images();

  private record Image(
      AnomalyKind kind, Map<String, Double> scores, float[] map, List<Region> regions) {}

  @Test
  void aurocIsTheShareOfPairsInOrder() {
    Map<String, BySubset> auroc = state(IMAGES).auroc();
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
  void areasAreThoseOfEachSubsetsOwnState() {
    EvaluationState state = state(IMAGES);
    state
        .auSpro(LIMITS)
        .forEach(
            (limit, found) -> {
              AreaUnderCurve structural = area(limit, AnomalyKind.STRUCTURAL);
              AreaUnderCurve logical = area(limit, AnomalyKind.LOGICAL);
              AreaUnderCurve all = area(limit, AnomalyKind.STRUCTURAL, AnomalyKind.LOGICAL);
              assertThat(found.areas().structural()).hasValue(structural.value());
              assertThat(found.areas().logical()).hasValue(logical.value());
              assertThat(found.areas().all()).hasValueCloseTo(all.value(), within(1e-12));
              assertThat(found.errorBound())
                  .isCloseTo(
                      Math.max(
                          all.errorBound(),
                          Math.max(structural.errorBound(), logical.errorBound())),
                      within(1e-12));
            });
  }

  @Test
  void exactAreasHaveNoErrorBound() {
    EvaluationState state = new EvaluationState(SproState.EXACT_BITS);
    IMAGES.forEach(image -> add(state, image));
    assertThat(state.auSpro(LIMITS).values())
        .allSatisfy(found -> assertThat(found.errorBound()).isZero());
  }

  @Test
  void anAnomalyThatNobodyMarkedCountsForAurocAlone() {
    EvaluationState marked = state(IMAGES);
    EvaluationState more = state(IMAGES);
    Map<String, Double> scores = Map.of("combined", 9.0, "picturable", 9.0);
    more.add(AnomalyKind.STRUCTURAL, scores, new float[PIXELS], List.of());
    assertThat(more.unannotated()).isEqualTo(1);
    assertThat(more.auSpro(LIMITS)).isEqualTo(marked.auSpro(LIMITS));
    assertThat(more.auroc()).isNotEqualTo(marked.auroc());
    assertThat(state(IMAGES).mergeWith(more).unannotated()).isEqualTo(1);
  }

  @Test
  void limitsKeepTheirOrder() {
    assertThat(state(IMAGES).auSpro(LIMITS).keySet()).containsExactlyElementsOf(LIMITS);
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
    BySubset combined = state(anomalous).auroc().get("combined");
    assertThat(combined.named().values()).allMatch(OptionalDouble::isEmpty);
  }

  @Test
  void withoutLogicalImagesOnlyTheOthersAreDefined() {
    List<Image> images =
        IMAGES.stream().filter(image -> image.kind() != AnomalyKind.LOGICAL).toList();
    BySubset auroc = state(images).auroc().get("combined");
    BySubset areas = state(images).auSpro(List.of(0.3)).get(0.3).areas();
    for (BySubset metric : List.of(auroc, areas)) {
      assertThat(metric.structural()).isPresent();
      assertThat(metric.all()).isEqualTo(metric.structural());
      assertThat(metric.logical()).isEmpty();
      assertThat(metric.mean()).isEmpty();
    }
  }

  @Test
  void anEmptyStateHasNoMetric() {
    EvaluationState.Localization found = state(List.of()).auSpro(List.of(0.3)).get(0.3);
    assertThat(state(List.of()).auroc()).isEmpty();
    assertThat(found.areas().named().values()).allMatch(OptionalDouble::isEmpty);
    assertThat(found.errorBound()).isZero();
  }

  @Test
  void aScoreOfNanIsRefusedWithoutAddingAnything() {
    EvaluationState state = state(IMAGES);
    assertThatThrownBy(
            () ->
                state.add(
                    AnomalyKind.GOOD,
                    Map.of("combined", 1.0, "picturable", Double.NaN),
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
                    AnomalyKind.GOOD, Map.of("combined", 1.0), new float[] {Float.NaN}, List.of()))
        .isInstanceOf(BadInputException.class);
    assertSame(state, state(IMAGES));
  }

  @Test
  void statesOfDifferentBitsDoNotMerge() {
    EvaluationState state = new EvaluationState(24);
    assertThatThrownBy(() -> state.mergeWith(new EvaluationState(20)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot merge states of 24 and 20 bits.");
  }

  private static void assertSame(EvaluationState actual, EvaluationState expected) {
    for (AnomalyKind kind : AnomalyKind.values()) {
      assertThat(actual.images(kind)).isEqualTo(expected.images(kind));
    }
    assertThat(actual.auroc()).isEqualTo(expected.auroc());
    Map<Double, EvaluationState.Localization> areas = expected.auSpro(LIMITS);
    actual
        .auSpro(LIMITS)
        .forEach(
            (limit, found) -> {
              assertClose(found.areas(), areas.get(limit).areas());
              assertThat(found.errorBound())
                  .isCloseTo(areas.get(limit).errorBound(), within(1e-12));
            });
  }

  /** Regions are summed in the order of their images, so that the last bits may differ. */
  private static void assertClose(BySubset actual, BySubset expected) {
    expected
        .named()
        .forEach(
            (subset, value) -> {
              assertThat(actual.named().get(subset).isPresent()).isEqualTo(value.isPresent());
              assertThat(actual.named().get(subset).orElse(0))
                  .isCloseTo(value.orElse(0), within(1e-12));
            });
  }

  private static double pairsInOrder(String name, AnomalyKind... anomalies) {
    double inOrder = 0;
    int pairs = 0;
    for (Image good : IMAGES) {
      for (Image anomalous : IMAGES) {
        if (good.kind() == AnomalyKind.GOOD && List.of(anomalies).contains(anomalous.kind())) {
          double difference = anomalous.scores().get(name) - good.scores().get(name);
          inOrder += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
          pairs++;
        }
      }
    }
    return inOrder / pairs;
  }

  private static AreaUnderCurve area(double limit, AnomalyKind... anomalies) {
    SproState state = new SproState();
    for (Image image : IMAGES) {
      if (image.kind() == AnomalyKind.GOOD || List.of(anomalies).contains(image.kind())) {
        state.addImage(image.map(), image.regions());
      }
    }
    return state.curve().orElseThrow().areaUpTo(limit);
  }

  private static EvaluationState state(List<Image> images) {
    EvaluationState state = new EvaluationState(SproState.DEFAULT_BITS);
    images.forEach(image -> add(state, image));
    return state;
  }

  private static void add(EvaluationState state, Image image) {
    state.add(image.kind(), image.scores(), image.map(), image.regions());
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
      List<Region> regions = new ArrayList<>();
      if (kind != AnomalyKind.GOOD) {
        int start = random.nextInt(PIXELS / 2);
        int[] pixels = IntStream.range(start, start + 1 + random.nextInt(8)).toArray();
        Arrays.stream(pixels).forEach(p -> map[p] += 1);
        regions.add(new Region(pixels, 1 + random.nextInt(pixels.length)));
      }
      Map<String, Double> scores =
          Map.of(
              "combined",
              Math.round(2 * random.nextGaussian()) / 2.0,
              "picturable",
              random.nextGaussian());
      images.add(new Image(kind, scores, map, regions));
    }
    return images;
  }
}
