package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.jobs.DrawnMaps;
import dev.puad.jobs.LocalSpark;
import dev.puad.model.Fixtures;
import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.dataset.Layout;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.metric.BySubset;
import dev.puad.model.metric.Detection;
import dev.puad.model.metric.EvaluationState;
import dev.puad.model.metric.Localization;
import dev.puad.model.metric.Precision;
import dev.puad.model.metric.RocState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluateMapsTest {

  private static final List<Double> LIMITS = List.of(0.01, 0.05, 0.1, 0.3, 1.0);

  /** Every distinct anomaly value is a threshold. */
  private static final Precision EXACT = new Precision(0, LIMITS, 1 << 24);

  @TempDir static Path warehouse;
  @TempDir static Path temporary;

  private static SparkSession spark;

  /** Of golden maps, by their name and precision. */
  private static final Map<String, MeasuredCategory> EVALUATED = new HashMap<>();

  /** In MVTec AD's layout, by folder and name. */
  private static final Map<String, Drawn> CABLES = new LinkedHashMap<>();

  private static MeasuredCategory cable;

  /** A map, with the pixels of each region. */
  private record Drawn(float[] map, List<List<Integer>> regions) {

    boolean isDefectFree(int pixel) {
      return regions.stream().noneMatch(region -> region.contains(pixel));
    }
  }

  @BeforeAll
  static void open() throws IOException {
    spark = LocalSpark.open(warehouse);
    DrawnMaps folder = DrawnMaps.empty(temporary, "cable");
    draw(folder, "good/000");
    draw(folder, "good/001");
    // The last two touch at a corner: one region.
    draw(
        folder,
        "bent_wire/000",
        List.of(DrawnMaps.rectangle(255, 1, 1, 3, 2)),
        List.of(DrawnMaps.rectangle(255, 8, 3, 2, 2), DrawnMaps.rectangle(255, 10, 5, 4, 1)));
    draw(folder, "bent_wire/001", List.of(DrawnMaps.rectangle(255, 0, 11, 16, 1)));
    draw(folder, "cable_swap/000", List.of(DrawnMaps.rectangle(255, 4, 2, 5, 7)));
    draw(folder, "combined/004", List.of(DrawnMaps.rectangle(255, 12, 0, 4, 4)));
    draw(
        folder,
        "combined/005",
        List.of(DrawnMaps.rectangle(255, 0, 0, 2, 2)),
        List.of(DrawnMaps.rectangle(255, 3, 0, 2, 2)));
    draw(folder, "combined/007", List.of(DrawnMaps.rectangle(255, 7, 7, 3, 3)));
    draw(folder, "combined/009", List.of(DrawnMaps.rectangle(255, 15, 11, 1, 1)));
    cable = evaluate(folder.data(), folder.maps().getParent(), EXACT);
  }

  @ParameterizedTest
  @CsvSource({
    "c1-pushpins, pushpins",
    "c3-breakfast-box, breakfast_box",
    "c7-pushpins-coarse-ties, pushpins"
  })
  void exactAreasAreThoseOfTheReference(String name, String category) throws IOException {
    JsonNode expected = expected(name, "exact").get("auc_spro_exact");

    evaluate(name, category, EXACT)
        .localization()
        .auSpro()
        .forEach(
            (limit, areas) -> {
              assertNear(areas.values(), expected, limit, 1e-9);
              assertThat(areas.errorBound()).isZero();
            });
  }

  @ParameterizedTest
  @CsvSource({
    "c1-pushpins, pushpins",
    "c3-breakfast-box, breakfast_box",
    "c7-pushpins-coarse-ties, pushpins"
  })
  void theReferenceLiesWithinTheBoundThatIsReported(String name, String category)
      throws IOException {
    JsonNode expected = expected(name, "exact").get("auc_spro_exact");

    evaluate(name, category, byDefault())
        .localization()
        .auSpro()
        .forEach(
            (limit, areas) -> {
              assertNear(areas.values(), expected, limit, areas.errorBound() + 1e-12);
              assertThat(areas.errorBound()).isBetween(0.0, 1e-5);
            });
  }

  @ParameterizedTest
  @CsvSource({"c1-pushpins, pushpins", "c3-breakfast-box, breakfast_box"})
  void theOfficialAnswerIsNear(String name, String category) throws IOException {
    JsonNode expected =
        expected(name, "official-distance-0-001").get("localization").get("auc_spro");

    evaluate(name, category, byDefault())
        .localization()
        .auSpro()
        .forEach((limit, areas) -> assertNear(areas.values(), expected, limit, 2e-4));
  }

  /** In the third case images tie, which the official evaluation counts in its own way. */
  @ParameterizedTest
  @CsvSource({"c1-pushpins, pushpins", "c3-breakfast-box, breakfast_box"})
  void anImageScoresTheLargestValueOfItsMap(String name, String category) throws IOException {
    JsonNode expected = expected(name, "exact").get("auc_roc");

    BySubset auroc =
        evaluate(name, category, byDefault()).state().detection().get("map").by(RocState::auroc);

    assertThat(auroc.structural())
        .hasValueCloseTo(expected.get("structural_anomalies").doubleValue(), within(1e-9));
    assertThat(auroc.logical())
        .hasValueCloseTo(expected.get("logical_anomalies").doubleValue(), within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 50})
  void anySplitInAnyOrderGivesTheSameNumbers(int partitions) {
    MapsFolder folder =
        open(fixture("c1-pushpins", "dataset/pushpins"), fixture("c1-pushpins", "maps"));
    Broadcast<SerializableConfiguration> hadoop = DecodeImages.hadoop(spark);
    Dataset<Row> labelled = EvaluateMaps.labelled(spark, folder, hadoop, limits());
    MeasuredCategory whole = evaluate("c1-pushpins", "pushpins", byDefault());
    List<Row> shuffled = new ArrayList<>(labelled.collectAsList());
    Collections.shuffle(shuffled, new Random(partitions));

    MeasureMaps.Measured split =
        MeasureMaps.measure(
            spark.createDataFrame(
                JavaSparkContext.fromSparkContext(spark.sparkContext())
                    .parallelize(shuffled, partitions),
                labelled.schema()),
            Layout.LOCO,
            new TiffFiles(hadoop, limits()),
            byDefault());

    // 1e-12 is promised; since whole numbers are summed, no bit differs.
    assertThat(split.localization()).isEqualTo(whole.localization());
    assertThat(imageNumbers(split.state())).isEqualTo(imageNumbers(whole.state()));
  }

  @Test
  void aComponentOfAnMvtecMaskIsARegionThatSaturatesAtItsArea() {
    assertAreas(BySubset::structural, EvaluateMapsTest::isStructural);
  }

  @Test
  void theLogicalSubsetOfMvtecAdIsMeasuredApart() {
    assertThat(cable.state().images(AnomalyKind.GOOD)).isEqualTo(2);
    assertThat(cable.state().images(AnomalyKind.STRUCTURAL)).isEqualTo(3);
    assertThat(cable.state().images(AnomalyKind.LOGICAL)).isEqualTo(4);
    assertAreas(BySubset::logical, EvaluateMapsTest::isLogical);
  }

  @Test
  void allAnomaliesArePooled() {
    assertAreas(BySubset::all, image -> true);
  }

  @Test
  void anMvtecFolderIsADefectTypeWhateverTheKindOfItsImages() {
    for (String folder : List.of("bent_wire", "cable_swap", "combined")) {
      assertAreas(
          areas -> areas.defects().get(folder),
          image -> image.startsWith("good/") || image.startsWith(folder + "/"));
    }
    assertThat(localization().auSpro().get(0.3).values().defects())
        .containsOnlyKeys("bent_wire", "cable_swap", "combined");
  }

  @Test
  void pixelAurocIsTheShareOfPairsOfPixelsInOrder() {
    assertThat(localization().pixelAuroc().values().structural())
        .hasValueCloseTo(pixelAuroc(EvaluateMapsTest::isStructural), within(1e-12));
    assertThat(localization().pixelAuroc().values().logical())
        .hasValueCloseTo(pixelAuroc(EvaluateMapsTest::isLogical), within(1e-12));
    assertThat(localization().pixelAuroc().values().all())
        .hasValueCloseTo(pixelAuroc(image -> true), within(1e-12));
  }

  private static Localization localization() {
    return cable.localization();
  }

  private static boolean isLogical(String image) {
    return image.startsWith("good/")
        || image.startsWith("cable_swap/")
        || List.of("combined/005", "combined/007", "combined/009").contains(image);
  }

  private static boolean isStructural(String image) {
    return image.startsWith("good/") || !isLogical(image);
  }

  private static void assertAreas(
      Function<BySubset, OptionalDouble> subset, Predicate<String> counted) {
    Thresholds thresholds = new Thresholds();
    CABLES.forEach(
        (image, drawn) -> {
          if (counted.test(image)) {
            for (int i = 0; i < drawn.map().length; i++) {
              if (drawn.isDefectFree(i)) {
                thresholds.addDefectFree(drawn.map()[i]);
              }
            }
            drawn
                .regions()
                .forEach(
                    region ->
                        thresholds.addRegion(
                            region.stream().map(i -> drawn.map()[i]).toList(), region.size()));
          }
        });
    localization()
        .auSpro()
        .forEach(
            (limit, areas) ->
                assertThat(subset.apply(areas.values()))
                    .as("up to %s", limit)
                    .hasValueCloseTo(thresholds.area(limit), within(1e-9)));
  }

  private static double pixelAuroc(Predicate<String> counted) {
    List<Float> defective = new ArrayList<>();
    List<Float> defectFree = new ArrayList<>();
    CABLES.forEach(
        (image, drawn) -> {
          if (counted.test(image)) {
            for (int i = 0; i < drawn.map().length; i++) {
              (drawn.isDefectFree(i) ? defectFree : defective).add(drawn.map()[i]);
            }
          }
        });
    double inOrder = 0;
    for (float high : defective) {
      for (float low : defectFree) {
        inOrder += high > low ? 1 : high == low ? 0.5 : 0;
      }
    }
    return inOrder / defective.size() / defectFree.size();
  }

  /** Draws an image with regions, each the union of masks that touch. */
  @SafeVarargs
  private static void draw(DrawnMaps folder, String image, List<byte[]>... regions)
      throws IOException {
    float[] map = DrawnMaps.noise(new Random(image.hashCode()));
    List<List<Integer>> pixels = new ArrayList<>();
    byte[] mask = new byte[map.length];
    for (List<byte[]> region : regions) {
      List<Integer> marked = new ArrayList<>();
      for (byte[] part : region) {
        for (int i = 0; i < part.length; i++) {
          if (part[i] != 0) {
            marked.add(i);
            mask[i] = part[i];
            map[i] += 0.7f;
          }
        }
      }
      pixels.add(marked);
    }
    folder.map(image, map);
    if (regions.length > 0) {
      folder.mask(image + "_mask", mask);
    }
    CABLES.put(image, new Drawn(map, pixels));
  }

  private static List<BySubset> imageNumbers(EvaluationState state) {
    Detection images = state.detection().get("map");
    return List.of(images.by(RocState::auroc), images.by(RocState::averagePrecision));
  }

  private static void assertNear(
      BySubset areas, JsonNode expected, double limit, double tolerance) {
    Map<String, String> names =
        Map.of(
            "structural", "structural_anomalies", "logical", "logical_anomalies", "mean", "mean");
    names.forEach(
        (subset, name) ->
            assertThat(areas.named().get(subset))
                .as("%s up to %s", subset, limit)
                .hasValueCloseTo(
                    expected.get(name).get(Double.toString(limit)).doubleValue(),
                    within(tolerance)));
  }

  private static MeasuredCategory evaluate(String name, String category, Precision precision) {
    return EVALUATED.computeIfAbsent(
        name + precision,
        missing ->
            evaluate(fixture(name, "dataset/" + category), fixture(name, "maps"), precision));
  }

  private static MeasuredCategory evaluate(Path data, Path maps, Precision precision) {
    return EvaluateMaps.evaluate(spark, open(data, maps), precision, limits());
  }

  private static MapsFolder open(Path data, Path maps) {
    return MapsFolder.open(new Configuration(), data.toString(), maps.toString());
  }

  private static Path fixture(String name, String relative) {
    return Fixtures.path("spro/" + name + "/" + relative);
  }

  private static JsonNode expected(String name, String kind) throws IOException {
    return new ObjectMapper().readTree(fixture(name, "expected-" + kind + ".json").toFile());
  }

  /** What {@code puad evaluate} measures to where nobody says otherwise. */
  private static Precision byDefault() {
    return LocalSpark.settings(warehouse).evaluate().precision();
  }

  private static DecodeLimits limits() {
    return DecodeLimits.defaults();
  }
}
