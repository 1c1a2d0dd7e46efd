package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.dataset.GroundTruthRegion;
import dev.puad.model.detect.HalfMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalizationTest {

  private static final List<Double> LIMITS = List.of(0.01, 0.05, 0.1, 0.3, 1.0);
  private static final long PLENTY = 1 << 26;
  private static final List<AnomalyKind> KINDS = List.of(AnomalyKind.values());

  @ParameterizedTest
  @CsvSource({
    "c1-pushpins, pushpins",
    "c3-breakfast-box, breakfast_box",
    "c7-pushpins-coarse-ties, pushpins"
  })
  void exactAreasAgreeWithTheReference(String name, String category) {
    LocoCase loco = new LocoCase(name, category);
    JsonNode expected = loco.expected("expected-exact.json").get("auc_spro_exact");
    Localization found = measure(loco.images(), 0);
    found
        .auSpro()
        .forEach(
            (limit, areas) -> {
              assertNear(areas.values(), expected, limit, 1e-9);
              assertThat(areas.errorBound()).isZero();
            });
  }

  @ParameterizedTest
  @CsvSource({
    "c1-pushpins, pushpins, 1e-5",
    "c1-pushpins, pushpins, 1e-3",
    "c3-breakfast-box, breakfast_box, 1e-5",
    "c3-breakfast-box, breakfast_box, 1e-3",
    "c7-pushpins-coarse-ties, pushpins, 1e-5",
    "c7-pushpins-coarse-ties, pushpins, 1e-3"
  })
  void theReferenceLiesWithinTheBound(String name, String category, double bound) {
    LocoCase loco = new LocoCase(name, category);
    JsonNode expected = loco.expected("expected-exact.json").get("auc_spro_exact");
    measure(loco.images(), bound)
        .auSpro()
        .forEach(
            (limit, areas) -> {
              assertThat(areas.errorBound()).isLessThanOrEqualTo(bound);
              assertNear(areas.values(), expected, limit, areas.errorBound() + 1e-12);
            });
  }

  /** The official script approximates the curve: the finer it does, the nearer its answer is. */
  @ParameterizedTest
  @CsvSource({
    "c1-pushpins, pushpins, 0-001, 1.2e-4",
    "c1-pushpins, pushpins, 0-01, 1.2e-3",
    "c3-breakfast-box, breakfast_box, 0-001, 1.2e-4",
    "c3-breakfast-box, breakfast_box, 0-01, 1.2e-3"
  })
  void theOfficialAnswerIsNear(String name, String category, String distance, double tolerance) {
    LocoCase loco = new LocoCase(name, category);
    JsonNode expected =
        loco.expected("expected-official-distance-" + distance + ".json")
            .get("localization")
            .get("auc_spro");
    measure(loco.images(), 1e-5)
        .auSpro()
        .forEach((limit, areas) -> assertNear(areas.values(), expected, limit, tolerance));
  }

  /** As a table of maps holds them. */
  @ParameterizedTest
  @CsvSource({"c1-pushpins, pushpins", "c3-breakfast-box, breakfast_box"})
  void mapsInHalfPrecisionHaveNearlyTheSameAreas(String name, String category) {
    List<LabelledMap> images = new LocoCase(name, category).images();
    List<LabelledMap> halves =
        images.stream()
            .map(
                image ->
                    new LabelledMap(
                        image.kind(), HalfMap.of(image.map()).toFloats(), image.regions()))
            .toList();
    Localization stored = measure(halves, 0);
    measure(images, 0)
        .auSpro()
        .forEach(
            (limit, areas) ->
                assertSame(stored.auSpro().get(limit).values(), areas.values(), 5e-4));
  }

  @Test
  void exactAreasFollowTheirDefinition() {
    for (int seed = 0; seed < 12; seed++) {
      List<LabelledMap> images = LabelledMap.random(seed, 9);
      Localization found = measure(images, 0);
      found.auSpro().forEach((limit, areas) -> assertByDefinition(images, limit, areas));
      assertPixelAurocByDefinition(images, found.pixelAuroc());
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.03, 1e-3, 1e-5})
  void theErrorIsWithinTheBoundAndTheBoundWithinTheAskedOne(double bound) {
    for (int seed = 0; seed < 12; seed++) {
      List<LabelledMap> images = LabelledMap.random(seed, 9);
      Localization found = measure(images, bound);
      found.auSpro().forEach((limit, areas) -> assertByDefinition(images, limit, areas));
      assertPixelAurocByDefinition(images, found.pixelAuroc());
      found
          .auSpro()
          .values()
          .forEach(areas -> assertThat(areas.errorBound()).isBetween(0.0, bound));
      assertThat(found.pixelAuroc().errorBound()).isBetween(0.0, bound);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-5, 1e-3})
  void lessMemoryTakesMorePassesToTheSameAreas(double bound) {
    List<LabelledMap> images = smooth(3, 12, 5000);
    AtomicInteger passes = new AtomicInteger();
    AtomicInteger manyPasses = new AtomicInteger();
    Localization whole = measure(images, bound, PLENTY, passes);
    Localization scant = measure(images, bound, 1, manyPasses);
    assertThat(manyPasses.get()).isGreaterThan(passes.get());
    scant
        .auSpro()
        .forEach(
            (limit, areas) -> {
              double error = whole.auSpro().get(limit).errorBound();
              assertSame(
                  areas.values(),
                  whole.auSpro().get(limit).values(),
                  1e-12 + error + areas.errorBound());
              assertThat(areas.errorBound()).isLessThanOrEqualTo(bound);
            });
  }

  @Test
  void aBinIsNeverLargerThanMemoryAllows() {
    List<LabelledMap> images = smooth(4, 12, 5000);
    Localization.measure(
        new Precision(0, LIMITS, 1),
        bins -> {
          if (!bins.equals(ValueBins.coarse())) {
            assertThat(bins.size()).isLessThanOrEqualTo(1024);
          }
          return state(images, bins);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 50})
  void anySplitInAnyOrderGivesTheSameAreas(int parts) {
    List<LabelledMap> images = smooth(5, 60, 2000);
    Localization whole = measure(images, 1e-5);
    Random random = new Random(parts);
    for (int repeat = 0; repeat < 3; repeat++) {
      List<LabelledMap> shuffled = new ArrayList<>(images);
      Collections.shuffle(shuffled, random);
      Localization split =
          Localization.measure(
              new Precision(1e-5, LIMITS, PLENTY), bins -> merged(shuffled, parts, bins, random));
      assertThat(split).isEqualTo(whole);
    }
  }

  @Test
  void fewPassesReachTheDefaultBound() {
    AtomicInteger passes = new AtomicInteger();
    Localization found = measure(smooth(6, 60, 40_000), 1e-5, PLENTY, passes);
    assertThat(passes.get()).isLessThanOrEqualTo(4);
    found.auSpro().values().forEach(areas -> assertThat(areas.errorBound()).isBetween(0.0, 1e-5));
  }

  @Test
  void aConstantMapFindsEverythingAtOnce() {
    float[] map = new float[10];
    GroundTruthRegion region = GroundTruthRegion.ofPixels("cut", new int[] {1, 2}, 1);
    Localization found =
        measure(List.of(new LabelledMap(AnomalyKind.LOGICAL, map, List.of(region))), 1e-5);
    assertThat(found.auSpro().get(0.3).values().logical()).hasValueCloseTo(0.15, within(1e-15));
    assertThat(found.pixelAuroc().values().logical()).hasValue(0.5);
    assertThat(found.pixelAuroc().errorBound()).isZero();
  }

  @Test
  void infinitiesAreValues() {
    float[] map = {Float.NEGATIVE_INFINITY, 0, Float.POSITIVE_INFINITY, 1};
    GroundTruthRegion region = GroundTruthRegion.ofPixels("cut", new int[] {2}, 1);
    Localization found =
        measure(List.of(new LabelledMap(AnomalyKind.STRUCTURAL, map, List.of(region))), 0);
    assertThat(found.auSpro().get(1.0).values().structural()).hasValue(1);
  }

  @Test
  void withoutAnomaliesNothingIsDefined() {
    Localization found =
        measure(List.of(new LabelledMap(AnomalyKind.GOOD, new float[3], List.of())), 0);
    assertThat(found.auSpro().get(0.05).values().named().values())
        .allMatch(OptionalDouble::isEmpty);
    assertThat(found.pixelAuroc().values().named().values()).allMatch(OptionalDouble::isEmpty);
    assertThat(found.pixelAuroc().errorBound()).isZero();
  }

  @Test
  void withoutLogicalImagesTheirSubsetAndTheMeanAreUndefined() {
    List<LabelledMap> images =
        LabelledMap.random(8, 12).stream()
            .filter(image -> image.kind() != AnomalyKind.LOGICAL)
            .toList();
    BySubset found = measure(images, 0).auSpro().get(0.3).values();
    assertThat(found.structural()).isPresent();
    assertThat(found.all()).isEqualTo(found.structural());
    assertThat(found.logical()).isEmpty();
    assertThat(found.mean()).isEmpty();
  }

  private static Localization measure(List<LabelledMap> images, double bound) {
    return measure(images, bound, PLENTY, new AtomicInteger());
  }

  private static Localization measure(
      List<LabelledMap> images, double bound, long stateBytes, AtomicInteger passes) {
    return Localization.measure(
        new Precision(bound, LIMITS, stateBytes),
        bins -> {
          passes.incrementAndGet();
          return state(images, bins);
        });
  }

  private static LocalizationState state(List<LabelledMap> images, ValueBins bins) {
    LocalizationState state = new LocalizationState(bins);
    images.forEach(image -> state.add(image.kind(), image.map(), image.regions()));
    return state;
  }

  /** The images dealt out to some states, which are merged in random order. */
  private static LocalizationState merged(
      List<LabelledMap> images, int parts, ValueBins bins, Random random) {
    List<LocalizationState> states = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      int first = part;
      states.add(
          state(
              IntStream.range(0, images.size())
                  .filter(i -> i % parts == first)
                  .mapToObj(images::get)
                  .toList(),
              bins));
    }
    Collections.shuffle(states, random);
    return states.stream().reduce(new LocalizationState(bins), LocalizationState::mergeWith);
  }

  /** Larger maps of distinct values of which the defective ones are somewhat higher. */
  private static List<LabelledMap> smooth(int seed, int count, int pixels) {
    Random random = new Random(seed);
    List<LabelledMap> images = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      AnomalyKind kind = KINDS.get(k % 3);
      float[] map = new float[pixels];
      for (int i = 0; i < pixels; i++) {
        map[i] = (float) Math.exp(random.nextGaussian() - 2);
      }
      List<GroundTruthRegion> regions = new ArrayList<>();
      if (kind != AnomalyKind.GOOD) {
        int start = random.nextInt(pixels / 2);
        int[] region = IntStream.range(start, start + pixels / 20).toArray();
        for (int pixel : region) {
          map[pixel] *= 3;
        }
        regions.add(
            GroundTruthRegion.ofPixels("type " + k % 7, region, 1 + random.nextInt(region.length)));
      }
      images.add(new LabelledMap(kind, map, regions));
    }
    return images;
  }

  private static void assertNear(
      BySubset found, JsonNode expected, double limit, double tolerance) {
    String key = String.valueOf(limit);
    Map.of(
            "structural_anomalies", found.structural(),
            "logical_anomalies", found.logical(),
            "mean", found.mean())
        .forEach(
            (name, area) ->
                assertThat(area)
                    .hasValueCloseTo(expected.get(name).get(key).doubleValue(), within(tolerance)));
  }

  private static void assertByDefinition(
      List<LabelledMap> images, double limit, Localization.Areas areas) {
    BySubset expected =
        byDefinition(images, (some, counted) -> ByDefinition.auSpro(some, counted, limit));
    assertSame(areas.values(), expected, areas.errorBound() + 1e-12);
  }

  private static void assertPixelAurocByDefinition(
      List<LabelledMap> images, Localization.Areas areas) {
    assertSame(
        areas.values(), byDefinition(images, ByDefinition::pixelAuroc), areas.errorBound() + 1e-12);
  }

  private interface Metric {
    double of(List<LabelledMap> images, Predicate<GroundTruthRegion> counted);
  }

  private static BySubset byDefinition(List<LabelledMap> images, Metric metric) {
    List<String> defects =
        images.stream()
            .flatMap(image -> image.regions().stream().map(GroundTruthRegion::defect))
            .distinct()
            .sorted()
            .toList();
    List<Predicate<LabelledMap>> subsets = new ArrayList<>();
    subsets.add(image -> true);
    subsets.add(image -> image.kind() == AnomalyKind.STRUCTURAL);
    subsets.add(image -> image.kind() == AnomalyKind.LOGICAL);
    defects.forEach(defect -> subsets.add(image -> image.shows(defect)));
    return BySubset.of(
        defects,
        subset ->
            OptionalDouble.of(
                metric.of(
                    images.stream()
                        .filter(image -> image.isGood() || subsets.get(subset).test(image))
                        .toList(),
                    region -> subset < 3 || region.defect().equals(defects.get(subset - 3)))));
  }

  private static void assertSame(BySubset actual, BySubset expected, double tolerance) {
    expected
        .named()
        .forEach(
            (name, area) ->
                assertThat(actual.named().get(name))
                    .as(name)
                    .hasValueCloseTo(area.getAsDouble(), within(tolerance)));
    assertThat(actual.defects().keySet()).isEqualTo(expected.defects().keySet());
    expected
        .defects()
        .forEach(
            (name, area) ->
                assertThat(actual.defects().get(name))
                    .as(name)
                    .hasValueCloseTo(area.getAsDouble(), within(tolerance)));
  }
}
