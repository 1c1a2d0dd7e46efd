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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SproStateTest {

  private static final List<String> LIMITS = List.of("0.01", "0.05", "0.1", "0.3", "1.0");
  private static final List<String> KINDS = List.of("structural_anomalies", "logical_anomalies");
  private static final List<TestImage> IMAGES = images(21, 12);

  private record TestImage(float[] map, List<Region> regions) {}

  @ParameterizedTest
  @CsvSource({
    "c1-pushpins, pushpins",
    "c3-breakfast-box, breakfast_box",
    "c7-pushpins-coarse-ties, pushpins"
  })
  void exactAreasAgreeWithTheReference(String name, String category) {
    LocoCase loco = new LocoCase(name, category);
    SproState good = loco.state("good", SproState.EXACT_BITS);
    for (String kind : KINDS) {
      JsonNode expected = loco.expected("expected-exact.json").get("auc_spro_exact").get(kind);
      SproState subset = SproState.merged(good, loco.state(kind, SproState.EXACT_BITS));
      for (String limit : LIMITS) {
        AreaUnderCurve area = area(subset, Double.parseDouble(limit));
        assertThat(area.value()).isCloseTo(expected.get(limit).doubleValue(), within(1e-9));
        assertThat(area.errorBound()).isZero();
      }
    }
  }

  /**
   * Points of a rising curve that are at most d apart leave its mean height uncertain by d / 2,
   * here 5e-3; the official script's answers are 1.2e-3 off at most.
   */
  @ParameterizedTest
  @CsvSource({"c1-pushpins, pushpins", "c3-breakfast-box, breakfast_box"})
  void theOfficialAnswerOfACoarseCurveIsWithinItsOwnError(String name, String category) {
    LocoCase loco = new LocoCase(name, category);
    SproState good = loco.state("good", SproState.DEFAULT_BITS);
    JsonNode expected = loco.expected("expected-official-distance-0-01.json");
    for (String kind : KINDS) {
      JsonNode official = expected.get("localization").get("auc_spro").get(kind);
      SproState subset = SproState.merged(good, loco.state(kind, SproState.DEFAULT_BITS));
      for (String limit : LIMITS) {
        assertThat(area(subset, Double.parseDouble(limit)).value())
            .isCloseTo(official.get(limit).doubleValue(), within(1.2e-3));
      }
    }
  }

  /** At the finest curve the official script was run with. */
  @ParameterizedTest
  @CsvSource({
    "c1-pushpins, pushpins, expected-official-distance-0-001.json",
    "c3-breakfast-box, breakfast_box, expected-official-distance-0-001.json"
  })
  void theOfficialAnswerIsNear(String name, String category, String file) {
    LocoCase loco = new LocoCase(name, category);
    SproState good = loco.state("good", SproState.DEFAULT_BITS);
    for (String kind : KINDS) {
      JsonNode official = loco.expected(file).get("localization").get("auc_spro").get(kind);
      SproState subset = SproState.merged(good, loco.state(kind, SproState.DEFAULT_BITS));
      for (String limit : LIMITS) {
        assertThat(area(subset, Double.parseDouble(limit)).value())
            .isCloseTo(official.get(limit).doubleValue(), within(1.2e-4));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "c1-pushpins, pushpins, 24",
    "c1-pushpins, pushpins, 14",
    "c3-breakfast-box, breakfast_box, 24",
    "c3-breakfast-box, breakfast_box, 14",
    "c7-pushpins-coarse-ties, pushpins, 24",
    "c7-pushpins-coarse-ties, pushpins, 14"
  })
  void theBoundHoldsOnTheReference(String name, String category, int bits) {
    LocoCase loco = new LocoCase(name, category);
    for (String kind : KINDS) {
      JsonNode expected = loco.expected("expected-exact.json").get("auc_spro_exact").get(kind);
      SproState subset = SproState.merged(loco.state("good", bits), loco.state(kind, bits));
      for (String limit : LIMITS) {
        AreaUnderCurve area = area(subset, Double.parseDouble(limit));
        assertThat(Math.abs(area.value() - expected.get(limit).doubleValue()))
            .isLessThanOrEqualTo(area.errorBound() + 1e-12);
      }
    }
  }

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
    SproCurve saturated =
        exact(map, List.of(new Region(first, 10), new Region(second, 0.5 * second.length)));
    SproCurve unsaturated =
        exact(map, List.of(new Region(first, first.length), new Region(second, second.length)));
    for (int i = 0; i < given.get("thresholds").size(); i++) {
      double threshold = given.get("thresholds").get(i).doubleValue();
      // Each row is one value, so that the k-th point of the curve has found k rows.
      int rows = (int) IntStream.range(0, 8).filter(row -> map[5 * row] > threshold).count();
      assertThat(saturated.overlaps()[rows])
          .isCloseTo(given.get("spro_with_config").get(i).doubleValue(), within(1e-12));
      assertThat(unsaturated.overlaps()[rows])
          .isCloseTo(given.get("spro_without_config").get(i).doubleValue(), within(1e-12));
    }
  }

  @Test
  void exactAreasFollowTheirDefinition() {
    for (int seed = 0; seed < 40; seed++) {
      List<TestImage> images = images(seed, 3);
      for (String limit : LIMITS) {
        double expected = areaByDefinition(images, Double.parseDouble(limit));
        assertThat(area(state(images, SproState.EXACT_BITS), Double.parseDouble(limit)).value())
            .isCloseTo(expected, within(1e-12));
      }
    }
  }

  @Test
  void theBoundHoldsWithFewBits() {
    for (int seed = 0; seed < 40; seed++) {
      List<TestImage> images = images(seed, 3);
      for (String limit : LIMITS) {
        double exact = areaByDefinition(images, Double.parseDouble(limit));
        for (int bits = 10; bits < SproState.EXACT_BITS; bits += 3) {
          AreaUnderCurve area = area(state(images, bits), Double.parseDouble(limit));
          assertThat(Math.abs(area.value() - exact)).isLessThanOrEqualTo(area.errorBound() + 1e-12);
        }
      }
    }
  }

  @Test
  void isUndefinedWithoutRegions() {
    assertThat(new SproState().addImage(new float[] {1, 2}, List.of()).curve()).isEmpty();
  }

  @Test
  void isUndefinedWithoutDefectFreePixels() {
    Region everything = new Region(new int[] {0, 1}, 2);
    assertThat(new SproState().addImage(new float[] {1, 2}, List.of(everything)).curve()).isEmpty();
  }

  @Test
  void anEmptyStateIsTheIdentity() {
    assertSame(new SproState().mergeWith(part(0, 12)), part(0, 12));
    assertSame(part(0, 12).mergeWith(new SproState()), part(0, 12));
  }

  @Test
  void mergingIsCommutative() {
    assertSame(part(0, 5).mergeWith(part(5, 12)), part(5, 12).mergeWith(part(0, 5)));
  }

  @Test
  void mergingIsAssociative() {
    assertSame(
        part(0, 2).mergeWith(part(2, 7)).mergeWith(part(7, 12)),
        part(0, 2).mergeWith(part(2, 7).mergeWith(part(7, 12))));
  }

  @Test
  void everySplitEqualsTheWhole() {
    for (int at = 0; at <= 12; at++) {
      assertSame(part(0, at).mergeWith(part(at, 12)), part(0, 12));
    }
  }

  @Test
  void theSameGoodImagesServeEverySubset() {
    SproState good = part(0, 4);
    SproState structural = part(4, 8);
    SproState logical = part(8, 12);
    assertSame(SproState.merged(good, structural), part(0, 8));
    assertSame(SproState.merged(good, structural, logical), part(0, 12));
    assertSame(good, part(0, 4));
  }

  @Test
  void survivesSerialization() {
    assertSame(JavaSerialization.roundTrip(part(0, 12)), part(0, 12));
  }

  @Test
  void refusesNanWithoutAddingAnything() {
    SproState state = new SproState();
    assertThatThrownBy(
            () -> state.addImage(new float[] {1, Float.NaN}, List.of(new Region(new int[] {0}, 1))))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot evaluate an anomaly map with NaN at pixel 1: score the image again.");
    assertThat(state.regionCount()).isZero();
    assertThat(state.defectFreePixels()).isZero();
  }

  @Test
  void refusesARegionBeyondTheMap() {
    assertThatThrownBy(
            () -> new SproState().addImage(new float[2], List.of(new Region(new int[] {0, 2}, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Pixel 2 of a region is beyond a map of 2 pixels.");
  }

  @Test
  void refusesToMergeOtherBins() {
    assertThatThrownBy(() -> new SproState(24).mergeWith(new SproState(32)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A state of 24 bits does not merge with one of 32 bits.");
  }

  @Test
  @Timeout(60)
  void aWholeTestSetTakesSeconds() {
    Random random = new Random(8);
    SproState state = new SproState();
    for (int image = 0; image < 180; image++) {
      float[] map = new float[256 * 256];
      for (int i = 0; i < map.length; i++) {
        map[i] = (float) Math.exp(random.nextGaussian());
      }
      int[] pixels = IntStream.range(1000, 2000).toArray();
      state.addImage(map, image < 60 ? List.of() : List.of(new Region(pixels, 800)));
    }
    // Nothing is found but by chance, so that the curve is about the diagonal, saturated at 0.8.
    AreaUnderCurve area = area(state, 1);
    assertThat(area.value()).isCloseTo(0.8 * 0.5 + 0.2, within(0.01));
    assertThat(area.errorBound()).isLessThan(1e-4);
  }

  private static AreaUnderCurve area(SproState state, double limit) {
    return state.curve().orElseThrow().areaUpTo(limit);
  }

  private static SproCurve exact(float[] map, List<Region> regions) {
    return new SproState(SproState.EXACT_BITS).addImage(map, regions).curve().orElseThrow();
  }

  private static int[] pixelsOfRows(int... rows) {
    return Arrays.stream(rows).flatMap(row -> IntStream.range(5 * row, 5 * row + 5)).toArray();
  }

  private static SproState part(int from, int to) {
    return state(IMAGES.subList(from, to), SproState.DEFAULT_BITS);
  }

  private static SproState state(List<TestImage> images, int bits) {
    SproState state = new SproState(bits);
    images.forEach(image -> state.addImage(image.map(), image.regions()));
    return state;
  }

  /** Small maps of both signs with ties; every third is good, regions overlap. */
  private static List<TestImage> images(int seed, int count) {
    Random random = new Random(seed);
    List<TestImage> images = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      float[] map = new float[40];
      for (int i = 0; i < map.length; i++) {
        float value = (float) random.nextGaussian();
        map[i] = random.nextInt(3) == 0 ? Math.round(2 * value) / 2f : value;
      }
      List<Region> regions = new ArrayList<>();
      for (int r = 0; r < k % 3; r++) {
        int start = random.nextInt(30);
        int[] pixels = IntStream.range(start, start + 1 + random.nextInt(10)).toArray();
        for (int pixel : pixels) {
          map[pixel] += 0.7f;
        }
        regions.add(new Region(pixels, 1 + random.nextInt(pixels.length)));
      }
      images.add(new TestImage(map, regions));
    }
    return images;
  }

  /** From the definitions: one point a threshold, and the integral of the line through them. */
  private static double areaByDefinition(List<TestImage> images, double limit) {
    List<Float> thresholds = new ArrayList<>();
    thresholds.add(Float.NEGATIVE_INFINITY);
    for (TestImage image : images) {
      for (float value : image.map()) {
        thresholds.add(value);
      }
    }
    thresholds.sort((a, b) -> Float.compare(b, a));
    double area = 0;
    double[] previous = point(images, Float.POSITIVE_INFINITY);
    for (float threshold : thresholds) {
      double[] next = point(images, threshold);
      double end = Math.min(next[0], limit);
      if (end > previous[0]) {
        double slope = (next[1] - previous[1]) / (next[0] - previous[0]);
        double atEnd = previous[1] + slope * (end - previous[0]);
        area += (end - previous[0]) * (previous[1] + atEnd) / 2;
      }
      previous = next;
    }
    return area / limit;
  }

  private static double[] point(List<TestImage> images, float threshold) {
    double defectFree = 0;
    double falsePositives = 0;
    double overlap = 0;
    int regions = 0;
    for (TestImage image : images) {
      boolean[] defective = new boolean[image.map().length];
      for (Region region : image.regions()) {
        double found = 0;
        for (int pixel : region.pixels()) {
          defective[pixel] = true;
          found += image.map()[pixel] > threshold ? 1 : 0;
        }
        overlap += Math.min(found / region.saturation(), 1);
        regions++;
      }
      for (int i = 0; i < defective.length; i++) {
        defectFree += defective[i] ? 0 : 1;
        falsePositives += !defective[i] && image.map()[i] > threshold ? 1 : 0;
      }
    }
    return new double[] {falsePositives / defectFree, overlap / regions};
  }

  private static void assertSame(SproState actual, SproState expected) {
    assertThat(actual.defectFreePixels()).isEqualTo(expected.defectFreePixels());
    assertThat(actual.regionCount()).isEqualTo(expected.regionCount());
    assertThat(actual.curve().isPresent()).isEqualTo(expected.curve().isPresent());
    if (expected.curve().isPresent()) {
      SproCurve curve = expected.curve().orElseThrow();
      assertThat(actual.curve().orElseThrow().falsePositiveRates())
          .isEqualTo(curve.falsePositiveRates());
      assertThat(actual.curve().orElseThrow().overlaps())
          .containsExactly(curve.overlaps(), within(1e-12));
      for (String limit : LIMITS) {
        assertThat(area(actual, Double.parseDouble(limit)).value())
            .isCloseTo(area(expected, Double.parseDouble(limit)).value(), within(1e-12));
      }
    }
  }
}
