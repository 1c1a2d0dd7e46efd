package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.dataset.GroundTruthRegion;
import dev.puad.model.stats.JavaSerialization;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalizationStateTest {

  private static final List<LabelledMap> IMAGES = LabelledMap.random(21, 24);

  @Test
  void overlapsAgreeWithAnomalib() throws IOException {
    JsonNode given =
        new ObjectMapper().readTree(Fixtures.path("spro/anomalib-spro-case.json").toFile());
    float[] map = new float[8 * 5];
    for (int i = 0; i < map.length; i++) {
      int row = i / 5;
      map[i] = row / 10f + 0.05f;
    }
    int[] first = pixelsOfRows(1, 3, 5, 7);
    int[] second = pixelsOfRows(0, 6);
    SproCurve saturated = curve(map, region(first, 10), region(second, second.length / 2));
    SproCurve unsaturated = curve(map, region(first, first.length), region(second, second.length));
    for (int i = 0; i < given.get("thresholds").size(); i++) {
      double threshold = given.get("thresholds").get(i).doubleValue();
      assertThat(overlapAbove(threshold, saturated))
          .isCloseTo(given.get("spro_with_config").get(i).doubleValue(), within(1e-12));
      assertThat(overlapAbove(threshold, unsaturated))
          .isCloseTo(given.get("spro_without_config").get(i).doubleValue(), within(1e-12));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.3, 1})
  void theCurvesOwnBoundHolds(double limit) {
    LocalizationState state = state(IMAGES);
    assertWithinBound(state.curve(), IMAGES, limit);
    for (AnomalyKind kind : List.of(AnomalyKind.STRUCTURAL, AnomalyKind.LOGICAL)) {
      List<LabelledMap> subset =
          IMAGES.stream().filter(image -> image.isGood() || image.kind() == kind).toList();
      assertWithinBound(state.curve(kind), subset, limit);
    }
  }

  @Test
  void aDefectTypesCurveCountsItsRegionsAndTheFalsePositivesOfItsImages() {
    SproCurve curve = state(IMAGES).curve("cut").orElseThrow();
    List<LabelledMap> images =
        IMAGES.stream().filter(image -> image.isGood() || image.shows("cut")).toList();
    AreaUnderCurve area = curve.areaUpTo(0.3);
    assertThat(area.value())
        .isCloseTo(
            ByDefinition.auSpro(images, region -> region.defect().equals("cut"), 0.3),
            within(area.errorBound() + 1e-12));
  }

  @Test
  void theCurveRisesFromNothingFoundToEverythingFound() {
    List<SproCurve.Point> points = state(IMAGES).curve().orElseThrow().points();
    SproCurve.Point last = points.get(points.size() - 1);
    assertThat(points.get(0)).isEqualTo(new SproCurve.Point(Float.POSITIVE_INFINITY, 0, 0, true));
    assertThat(last.falsePositiveRate()).isEqualTo(1);
    assertThat(last.overlap()).isEqualTo(1);
    for (int i = 1; i < points.size(); i++) {
      SproCurve.Point before = points.get(i - 1);
      SproCurve.Point point = points.get(i);
      assertThat(point.threshold()).isLessThan(before.threshold());
      assertThat(point.falsePositiveRate()).isGreaterThanOrEqualTo(before.falsePositiveRate());
      assertThat(point.overlap()).isGreaterThanOrEqualTo(before.overlap());
    }
  }

  @Test
  void pointsAreCountsOfValuesNotLessThanTheirThreshold() {
    SproCurve curve = state(IMAGES).curve().orElseThrow();
    for (SproCurve.Point point : curve.points().subList(1, curve.points().size())) {
      double defectFree = 0;
      double found = 0;
      for (LabelledMap image : IMAGES) {
        for (int i = 0; i < image.map().length; i++) {
          if (!isDefective(image, i)) {
            defectFree++;
            found += image.map()[i] >= point.threshold() ? 1 : 0;
          }
        }
      }
      assertThat(point.falsePositiveRate()).isEqualTo(found / defectFree);
    }
  }

  @Test
  void anUnknownDefectTypeHasNoCurve() {
    assertThat(state(IMAGES).curve("unknown")).isEmpty();
  }

  @Test
  void isUndefinedWithoutRegions() {
    assertThat(coarse().add(AnomalyKind.GOOD, new float[] {1, 2}, List.of()).curve()).isEmpty();
  }

  @Test
  void isUndefinedWithoutDefectFreePixels() {
    GroundTruthRegion everything = region(new int[] {0, 1}, 2);
    assertThat(coarse().add(AnomalyKind.LOGICAL, new float[] {1, 2}, List.of(everything)).curve())
        .isEmpty();
  }

  @Test
  void anEmptyStateIsTheIdentity() {
    assertSame(coarse().mergeWith(part(0, 24)), part(0, 24));
    assertSame(part(0, 24).mergeWith(coarse()), part(0, 24));
  }

  @Test
  void mergingIsCommutative() {
    assertSame(part(0, 5).mergeWith(part(5, 24)), part(5, 24).mergeWith(part(0, 5)));
  }

  @Test
  void mergingIsAssociative() {
    assertSame(
        part(0, 2).mergeWith(part(2, 7)).mergeWith(part(7, 24)),
        part(0, 2).mergeWith(part(2, 7).mergeWith(part(7, 24))));
  }

  @Test
  void everySplitEqualsTheWhole() {
    for (int at = 0; at <= 24; at++) {
      assertSame(part(0, at).mergeWith(part(at, 24)), part(0, 24));
    }
  }

  @Test
  void mergingLeavesTheOtherAsItIs() {
    LocalizationState other = part(0, 9);
    coarse().mergeWith(other).mergeWith(part(9, 24));
    assertSame(other, part(0, 9));
  }

  @Test
  void survivesSerialization() {
    assertSame(JavaSerialization.roundTrip(part(0, 24)), part(0, 24));
  }

  @Test
  void addsAfterSerialization() {
    LocalizationState state = JavaSerialization.roundTrip(part(0, 12));
    IMAGES.subList(12, 24).forEach(image -> add(state, image));
    assertSame(state, part(0, 24));
  }

  @Test
  void refusesNanWithoutAddingAnything() {
    LocalizationState state = part(0, 24);
    List<GroundTruthRegion> regions = List.of(region(new int[] {0}, 1));
    assertThatThrownBy(() -> state.add(AnomalyKind.LOGICAL, new float[] {1, Float.NaN}, regions))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot evaluate an anomaly map with NaN at pixel 1: score the image again.");
    assertSame(state, part(0, 24));
  }

  @Test
  void refusesARegionBeyondTheMap() {
    List<GroundTruthRegion> regions = List.of(region(new int[] {0, 2}, 1));
    assertThatThrownBy(() -> coarse().add(AnomalyKind.LOGICAL, new float[2], regions))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Pixel 2 of a region is beyond a map of 2 pixels.");
  }

  @Test
  void refusesToMergeOtherBins() {
    ValueBins others = ValueBins.of(List.of(new ValueBins.Split(0, 16, 3)));
    assertThatThrownBy(() -> coarse().mergeWith(new LocalizationState(others)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot merge states of different bins.");
  }

  private static void assertWithinBound(
      Optional<SproCurve> curve, List<LabelledMap> images, double limit) {
    AreaUnderCurve area = curve.orElseThrow().areaUpTo(limit);
    assertThat(area.value())
        .isCloseTo(
            ByDefinition.auSpro(images, region -> true, limit), within(area.errorBound() + 1e-12));
  }

  private static boolean isDefective(LabelledMap image, int pixel) {
    return image.regions().stream()
        .anyMatch(
            region ->
                IntStream.range(0, region.runs().length / 2)
                    .anyMatch(
                        run ->
                            region.runs()[2 * run] <= pixel && pixel < region.runs()[2 * run + 1]));
  }

  /** Where each bin holds one value. */
  private static double overlapAbove(double threshold, SproCurve curve) {
    return curve.points().stream()
        .filter(point -> point.threshold() > threshold)
        .mapToDouble(SproCurve.Point::overlap)
        .max()
        .orElseThrow();
  }

  private static SproCurve curve(float[] map, GroundTruthRegion... regions) {
    return coarse().add(AnomalyKind.STRUCTURAL, map, List.of(regions)).curve().orElseThrow();
  }

  private static GroundTruthRegion region(int[] pixels, int saturation) {
    return GroundTruthRegion.ofPixels("any", pixels, saturation);
  }

  private static int[] pixelsOfRows(int... rows) {
    return Arrays.stream(rows).flatMap(row -> IntStream.range(5 * row, 5 * row + 5)).toArray();
  }

  private static LocalizationState coarse() {
    return new LocalizationState(ValueBins.coarse());
  }

  private static LocalizationState part(int from, int to) {
    return state(IMAGES.subList(from, to));
  }

  private static LocalizationState state(List<LabelledMap> images) {
    LocalizationState state = coarse();
    images.forEach(image -> add(state, image));
    return state;
  }

  private static void add(LocalizationState state, LabelledMap image) {
    state.add(image.kind(), image.map(), image.regions());
  }

  /** Whole numbers are summed, so that no bit may differ. */
  private static void assertSame(LocalizationState actual, LocalizationState expected) {
    assertThat(actual.curve()).isEqualTo(expected.curve());
    assertThat(actual.groups().defects()).isEqualTo(expected.groups().defects());
    for (AnomalyKind kind : AnomalyKind.values()) {
      assertThat(actual.curve(kind)).isEqualTo(expected.curve(kind));
    }
    for (String defect : expected.groups().defects()) {
      assertThat(actual.curve(defect)).isEqualTo(expected.curve(defect));
    }
  }
}
