package dev.puad.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.config.Json;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.ModelFamily;
import dev.puad.jobs.table.ModelRow;
import dev.puad.jobs.table.Models;
import dev.puad.jobs.table.Tables;
import dev.puad.model.BadInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class PaperTablesTest {

  private static final AtomicLong DATASETS = new AtomicLong();
  private static final Instant AT = Instant.parse("2026-11-03T10:00:00Z");
  private static final String METHOD = "puad";
  private static final List<String> LOCO =
      List.of("breakfast_box", "juice_bottle", "pushpins", "screw_bag", "splicing_connectors");
  private static final List<String> MVTEC =
      List.of(
          "bottle",
          "cable",
          "capsule",
          "carpet",
          "grid",
          "hazelnut",
          "leather",
          "metal_nut",
          "pill",
          "screw",
          "tile",
          "toothbrush",
          "transistor",
          "wood",
          "zipper");

  @TempDir static Path warehouse;

  private static Lake lake;

  // Each test has a data set of its own, since tables take seconds to create.
  private final String dataset = "set" + DATASETS.incrementAndGet();
  private final List<Row> rows = new ArrayList<>();
  private List<String> lines;

  @BeforeAll
  static void open() {
    lake = Lake.open(LocalSpark.open(warehouse));
  }

  @Test
  void puadsTable3HasOurRowsBelowThePublishedOnes() {
    for (int c = 0; c < LOCO.size(); c++) {
      own(LOCO.get(c), 1, "auroc_picturable", "all", 0.80 + 0.01 * c);
      own(LOCO.get(c), 1, "auroc_combined", "all", 0.90 + 0.01 * c);
    }

    assertThat(section("PUAD", 3))
        .containsExactly(
            "PUAD paper (Sugawara and Imamura, PUAD, 2024), Table 3, in percent: AUROC percentages"
                + " by category and latency of EfficientAD and PUAD of the MVTec LOCO Dataset",
            "",
            "from            Method       breakfast   juice  pushpins  screw    splicing   mean"
                + "  Latency",
            "                                   box  bottle              bag  connectors       "
                + "     [ms]",
            "--------------  -----------  ---------  ------  --------  -----  ----------  -----"
                + "  -------",
            "PUAD paper      EfficientAD      84.64   97.89     96.84  69.36       96.33  89.01"
                + "     2.88",
            "PUAD paper      PUAD             87.07   99.68     98.02  81.07       96.76  93.12"
                + "     3.00",
            "--------------  -----------  ---------  ------  --------  -----  ----------  -----"
                + "  -------",
            "this warehouse  EfficientAD      80.00   81.00     82.00  83.00       84.00  82.00"
                + "        -",
            "this warehouse  PUAD             90.00   91.00     92.00  93.00       94.00  92.00"
                + "        -",
            "The five values of PUAD average 92.52, not the printed 93.12. The official repository"
                + " later gives 84.36 for screw bag, with which they average 93.18.",
            "Versions of this warehouse's EfficientAD and PUAD: breakfast_box 1, juice_bottle 1,"
                + " pushpins 1, screw_bag 1, splicing_connectors 1.");
  }

  @Test
  void withoutAllCategoriesTheMeanSaysHowManyThereAre() {
    own("breakfast_box", 1, "auroc_combined", "all", 0.9);
    own("pushpins", 4, "auroc_combined", "all", 0.8);
    own("black_circle", 1, "auroc_combined", "all", 0.7);

    assertThat(ours("PUAD", 3))
        .containsExactly(
            "this warehouse EfficientAD - - - - - 0 of 5 -",
            "this warehouse PUAD 90.00 - 80.00 - - 2 of 5 -");
    assertThat(section("PUAD", 3))
        .contains(
            "Versions of this warehouse's EfficientAD and PUAD: breakfast_box 1, pushpins 4.");
  }

  @Test
  void anUndefinedNumberIsSaidToBe() {
    add("", "screw_bag", 1, "auroc_combined", "all", 0, null, null, AT);

    assertThat(ours("PUAD", 3))
        .containsExactly(
            "this warehouse EfficientAD - - - - - 0 of 5 -",
            "this warehouse PUAD - - - undefined - 0 of 5 -");
  }

  @Test
  void theVersionThatWasEvaluatedLastCounts() {
    add("", "screw_bag", 3, "auroc_combined", "all", 0, 0.3, null, AT);
    add("", "screw_bag", 2, "auroc_combined", "all", 0, 0.2, null, AT.plusSeconds(60));
    add("", "screw_bag", 4, "auroc_picturable", "all", 0, 0.4, null, AT.minusSeconds(60));

    assertThat(ours("PUAD", 3)).contains("this warehouse PUAD - - - 20.00 - 1 of 5 -");
    assertThat(section("PUAD", 3))
        .contains("Versions of this warehouse's EfficientAD and PUAD: screw_bag 2.");
  }

  @Test
  void eachSourceOfForeignMapsHasARowOfItsOwn() {
    own("screw_bag", 1, "auroc_combined", "all", 0.9);
    for (String category : LOCO) {
      foreign("gcad", category, "auroc_map", "all", 0.8);
    }
    foreign("patchcore", "pushpins", "auroc_map", "all", 0.7);
    foreign("elsewhere", "black_circle", "auroc_map", "all", 0.6);

    assertThat(ours("PUAD", 3))
        .containsExactly(
            "this warehouse EfficientAD - - - - - 0 of 5 -",
            "this warehouse PUAD - - - 90.00 - 1 of 5 -",
            "maps of gcad gcad 80.00 80.00 80.00 80.00 80.00 80.00 -",
            "maps of patchcore patchcore - - 70.00 - - 1 of 5 -");
  }

  @Test
  void puadsTable2IsTheMeanOverCategories() {
    for (int c = 0; c < LOCO.size(); c++) {
      own(LOCO.get(c), 1, "auroc_picturable", "all", 0.80 + 0.01 * c);
      own(LOCO.get(c), 1, "auroc_combined", "all", 0.90 + 0.01 * c);
    }

    assertThat(section("PUAD", 2))
        .contains(
            "PUAD paper      PUAD                                  93.1",
            "this warehouse  EfficientAD                           82.0",
            "this warehouse  PUAD                                  92.0");
  }

  @Test
  void puadsTable1HasARowForEachNetworkAndOutput() {
    for (String category : LOCO) {
      model(category, 1, "small", "student");
      auroc(category, 1, 0.9, 0.8, AT);
      model(category, 2, "medium", "teacher");
      auroc(category, 2, 0.7, 0.6, AT.plusSeconds(60));
    }
    model("screw_bag", 3, "small", "student");
    auroc("screw_bag", 3, 0.4, 0.3, AT.plusSeconds(60));

    assertThat(ours("PUAD", 1))
        .containsExactly(
            "this warehouse S Student's former half output 75.00 70.00 80.00",
            "this warehouse M Teacher's output 65.00 60.00 70.00");
    assertThat(section("PUAD", 1))
        .contains(
            "Versions of this warehouse's S, Student's former half output: breakfast_box 1,"
                + " juice_bottle 1, pushpins 1, screw_bag 3, splicing_connectors 1.",
            "Versions of this warehouse's M, Teacher's output: breakfast_box 2, juice_bottle 2,"
                + " pushpins 2, screw_bag 2, splicing_connectors 2.");
  }

  @Test
  void locosTable3HasTheMeanAreaByCategory() {
    for (int c = 0; c < LOCO.size(); c++) {
      areas(LOCO.get(c), 0.05, 0.5 + 0.01 * c, 0.7 + 0.01 * c);
    }

    assertThat(ours("LOCO", 3))
        .containsExactly("this warehouse EfficientAD's maps 0.600 0.630 0.620 0.640 0.610 0.620");
  }

  @Test
  void locosTables5And6HaveMeansOverCategories() {
    for (String category : LOCO) {
      areas(category, 0.05, 0.5, 0.7);
      own(category, 1, "auroc_picturable", "structural", 0.9);
      own(category, 1, "auroc_picturable", "logical", 0.8);
      own(category, 1, "auroc_combined", "structural", 0.95);
      own(category, 1, "auroc_combined", "logical", 0.9);
      foreign("gcad", category, "auroc_map", "structural", 0.75);
    }

    assertThat(ours("LOCO", 5))
        .containsExactly(
            "this warehouse EfficientAD's maps 0.500 0.700 0.600",
            "maps of gcad gcad 0 of 5 0 of 5 0 of 5");
    assertThat(ours("LOCO", 6))
        .containsExactly(
            "this warehouse EfficientAD 0.900 0.800 0.850",
            "this warehouse PUAD 0.950 0.900 0.925",
            "maps of gcad gcad 0.750 0 of 5 0 of 5");
  }

  @Test
  void locosTable7HasEveryLimitThatWasMeasured() {
    for (String category : LOCO) {
      areas(category, 0.01, 0.1, 0.2);
      areas(category, 0.05, 0.2, 0.3);
      areas(category, 0.1, 0.3, 0.4);
      areas(category, 1.0, 0.5, 0.6);
    }
    areas("pushpins", 0.3, 0.4, 0.5);

    assertThat(ours("LOCO", 7))
        .containsExactly("this warehouse EfficientAD's maps 0.150 0.250 0.350 1 of 5 0.550");
  }

  @Test
  void anAreaThatIsNotExactToItsLastDigitIsSaidToBe() {
    add("", "pushpins", 1, "au_spro", "mean", 0.05, 0.7, 0.02, AT);
    add("", "screw_bag", 1, "au_spro", "mean", 0.05, 0.7, 0.0004, AT);

    assertThat(section("LOCO", 3))
        .contains("Row this warehouse, EfficientAD's maps: numbers may be off by 0.020.");
  }

  @Test
  void mvtecAdsLogicalMeanIsOverTheCategoriesThatHaveLogicalAnomalies() {
    for (String category : MVTEC) {
      own(category, 1, "auroc_combined", "structural", 0.9);
    }
    own("cable", 1, "auroc_combined", "logical", 0.6);
    own("capsule", 1, "auroc_combined", "logical", 0.7);
    own("transistor", 1, "auroc_combined", "logical", 0.8);

    assertThat(ours("LOCO", 9))
        .containsExactly(
            "this warehouse EfficientAD 0 of 15 0 of 3 0 of 15",
            "this warehouse PUAD 0.900 0.700 0.800");
    assertThat(ours("LOCO", 8))
        .containsExactly("this warehouse EfficientAD's maps 0 of 15 0 of 3 0 of 15");
  }

  @Test
  void theWarehousesOwnTableHasWhateverCategoriesThereAre() {
    add("", "black_circle", 1, "auroc_combined_low", "all", 0.95, 0.85, null, AT);
    add("", "black_circle", 1, "auroc_combined_high", "all", 0.95, 0.93, null, AT);
    auroc("black_circle", 1, 0.8, 1.0, AT);
    own("black_circle", 1, "auroc_combined", "mean", 0.9);
    own("black_circle", 1, "pixel_auroc", "all", 0.75);
    areas("black_circle", 0.05, 0.5, 0.7);
    own("bottle", 2, "auroc_combined", "all", 0.8);
    own("bottle", 2, "auroc_combined", "structural", 0.9);
    add("", "bottle", 2, "auroc_combined", "logical", 0, null, null, AT);
    foreign("gcad", "bottle", "auroc_map", "all", 0.65);

    assertThat(printed().subList(0, 11))
        .containsExactly(
            "This warehouse, data set " + dataset,
            "",
            "from            category      version   AUROC   AUROC   AUROC       AUROC      AUROC"
                + "   AUROC  pixel AUROC  pixel AUROC  sPRO 0.05  sPRO 0.05",
            "                                          all     low    high  structural    logical"
                + "    mean          all         mean        all       mean",
            "--------------  ------------  -------  ------  ------  ------  ----------  ---------"
                + "  ------  -----------  -----------  ---------  ---------",
            "this warehouse  black_circle  1        0.9000  0.8500  0.9300      0.8000     1.0000"
                + "  0.9000       0.7500            -          -     0.6000",
            "this warehouse  bottle        2        0.8000       -       -      0.9000  undefined"
                + "       -            -            -          -          -",
            "this warehouse  mean of 2              0.8500       -       -      0.8500     1 of 2"
                + "  1 of 2       1 of 2       0 of 2     0 of 2     1 of 2",
            "--------------  ------------  -------  ------  ------  ------  ----------  ---------"
                + "  ------  -----------  -----------  ---------  ---------",
            "maps of gcad    bottle        -        0.6500       -       -           -          -"
                + "       -            -            -          -          -",
            "Image AUROC (of PUAD the combined score, of foreign maps their score) with its 95 %"
                + " confidence interval of all anomalies; sPRO: normalised area up to an FPR of"
                + " 0.05; mean: of structural and logical.");
  }

  @Test
  void jsonHasTheSameNumbersAndWhereThereIsNoneTheReason() throws IOException {
    own("pushpins", 4, "auroc_combined", "all", 0.8);
    add("", "screw_bag", 1, "auroc_combined", "all", 0, null, null, AT);

    JsonNode json = new ObjectMapper().readTree(Json.line(tables().json()));

    JsonNode table = json.get("published").get(2);
    assertThat(table.get("paper").asText()).isEqualTo("PUAD");
    assertThat(table.get("table").asInt()).isEqualTo(3);
    assertThat(table.get("unit").asText()).isEqualTo("percent");
    assertThat(table.get("rows").get(1).toString())
        .isEqualTo(
            "{\"origin\":\"published\",\"from\":\"PUAD paper\",\"labels\":{\"Method\":\"PUAD\"},"
                + "\"values\":{\"breakfast box\":87.07,\"juice bottle\":99.68,\"pushpins\":98.02,"
                + "\"screw bag\":81.07,\"splicing connectors\":96.76,\"mean\":93.12,"
                + "\"Latency [ms]\":3.0},\"reasons\":{},\"versions\":{},\"errorBound\":0.0}");
    JsonNode ours = table.get("rows").get(3);
    assertThat(ours.get("origin").asText()).isEqualTo("warehouse");
    assertThat(ours.get("values").toString())
        .isEqualTo(
            "{\"breakfast box\":null,\"juice bottle\":null,\"pushpins\":80.0,\"screw bag\":null,"
                + "\"splicing connectors\":null,\"mean\":null,\"Latency [ms]\":null}");
    assertThat(ours.get("reasons").get("mean").toString())
        .isEqualTo("{\"reason\":\"incomplete\",\"categories\":1,\"of\":5}");
    assertThat(ours.get("reasons").get("screw bag").toString())
        .isEqualTo("{\"reason\":\"undefined\"}");
    assertThat(ours.get("reasons").get("juice bottle").toString())
        .isEqualTo("{\"reason\":\"unmeasured\"}");
    assertThat(ours.get("versions").toString()).isEqualTo("{\"pushpins\":4,\"screw_bag\":1}");
    assertThat(json.get("warehouse").get("rows")).hasSize(3);
  }

  @Test
  void otherDataSetsAndMethodsDoNotCount() {
    own("pushpins", 1, "auroc_combined", "all", 0.8);
    rows.add(row("other", METHOD, "", "pushpins", 1, "auroc_combined", "all", 0, 0.1, null, AT));
    rows.add(row(dataset, "gcad", "", "pushpins", 9, "auroc_combined", "all", 0, 0.2, null, AT));

    assertThat(ours("PUAD", 3)).contains("this warehouse PUAD - - 80.00 - - 1 of 5 -");
  }

  @Test
  void withoutAnythingEvaluatedOneLineSaysWhatToRun(@TempDir Path empty) {
    Lake none = Lake.existing(LocalSpark.open(empty));

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> PaperTables.of(none, "default", METHOD))
        .withMessage(
            "Cannot print tables of data set default: nothing of it has been evaluated."
                + " Run: puad evaluate --data DIR/CATEGORY");
  }

  @Test
  void aDataSetThatWasNotEvaluatedIsToldThoseThatWere() {
    own("pushpins", 1, "auroc_combined", "all", 0.8);
    merge();

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> PaperTables.of(lake, "mistyped", METHOD))
        .withMessageStartingWith(
            "Cannot print tables of data set mistyped: nothing of it has been evaluated."
                + " Choose with --dataset from ")
        .withMessageContaining(dataset)
        .withMessageEndingWith(", or run: puad evaluate --data DIR/CATEGORY");
  }

  private void own(String category, long version, String metric, String subset, double value) {
    add("", category, version, metric, subset, 0, value, null, AT);
  }

  private void foreign(String source, String category, String metric, String subset, double value) {
    add(source, category, 0, metric, subset, 0, value, null, AT);
  }

  private void areas(String category, double limit, double structural, double logical) {
    double mean = (structural + logical) / 2;
    add("", category, 1, "au_spro", "structural", limit, structural, 1e-6, AT);
    add("", category, 1, "au_spro", "logical", limit, logical, 1e-6, AT);
    add("", category, 1, "au_spro", "mean", limit, mean, 1e-6, AT);
  }

  private void auroc(String category, long version, double structural, double logical, Instant at) {
    add("", category, version, "auroc_combined", "all", 0, (structural + logical) / 2, null, at);
    add("", category, version, "auroc_combined", "structural", 0, structural, null, at);
    add("", category, version, "auroc_combined", "logical", 0, logical, null, at);
  }

  private void add(
      String source,
      String category,
      long version,
      String metric,
      String subset,
      double parameter,
      Double value,
      Double errorBound,
      Instant at) {
    rows.add(
        row(
            dataset,
            METHOD,
            source,
            category,
            version,
            metric,
            subset,
            parameter,
            value,
            errorBound,
            at));
  }

  private static Row row(
      String dataset,
      String method,
      String source,
      String category,
      long version,
      String metric,
      String subset,
      double parameter,
      Double value,
      Double errorBound,
      Instant at) {
    return RowFactory.create(
        dataset,
        category,
        method,
        version,
        source,
        metric,
        subset,
        parameter,
        value,
        errorBound,
        "run",
        Timestamp.from(at));
  }

  private void model(String category, long version, String network, String features) {
    new Models(lake)
        .publish(
            new ModelRow(
                new ModelFamily(dataset, category, METHOD),
                version,
                AT,
                "{\"train\":{\"network\":\"%s\",\"unpicturable-features\":\"%s\"}}"
                    .formatted(network, features),
                "fingerprint",
                "{}",
                "/no/such/bundle",
                "checksum",
                "ready"));
  }

  private void merge() {
    lake.merge(Tables.METRICS, lake.spark().createDataFrame(rows, Tables.METRICS.schema()));
  }

  private PaperTables tables() {
    merge();
    return PaperTables.of(lake, dataset, METHOD);
  }

  /** The lines of all tables; of the rows as they are when it is called first. */
  private List<String> printed() {
    if (lines == null) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      tables().print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
    return lines;
  }

  /** The lines of one table, without the empty line after it. */
  private List<String> section(String paper, int number) {
    printed();
    int start = 0;
    while (!lines.get(start).matches(paper + " paper .*, Table " + number + ", .*")) {
      start++;
    }
    int end = start + 2;
    while (!lines.get(end).isEmpty()) {
      end++;
    }
    return lines.subList(start, end);
  }

  /** The rows below the published ones, with single blanks. */
  private List<String> ours(String paper, int number) {
    return section(paper, number).stream()
        .filter(line -> line.startsWith("this warehouse") || line.startsWith("maps of"))
        .map(line -> line.replaceAll(" +", " "))
        .toList();
  }
}
