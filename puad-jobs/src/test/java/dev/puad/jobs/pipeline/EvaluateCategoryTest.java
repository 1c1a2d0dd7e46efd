package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.github.luben.zstd.Zstd;
import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import dev.puad.model.BadInputException;
import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.dataset.DefectsConfig;
import dev.puad.model.dataset.SplitCounts;
import dev.puad.model.dataset.ToyDataset;
import dev.puad.model.detect.HalfMap;
import dev.puad.model.image.BilinearMap;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.GreyImage;
import dev.puad.model.image.ImageDecoder;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.metric.BySubset;
import dev.puad.model.metric.Localization;
import dev.puad.model.metric.Precision;
import dev.puad.model.metric.RocState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCategoryTest {

  private static final List<Double> LIMITS = List.of(0.05, 0.3, 1.0);

  /** Every distinct anomaly value is a threshold. */
  private static final Precision EXACT = new Precision(0, LIMITS, 1 << 24);

  @TempDir static Path warehouse;
  @TempDir static Path temporary;

  private static Lake lake;

  /** In LOCO's layout, scored; one of its logical images cannot be read. */
  private static Path loco;

  private static MeasuredCategory measured;

  /** In MVTec AD's layout, scored here and at another place. */
  private static Path mvtec;

  @BeforeAll
  static void drawAndScore() throws IOException {
    lake = Lake.open(LocalSpark.open(warehouse));
    loco = ToyDataset.write(temporary, new SplitCounts(2, 2, 3, 3, 3), 128, 7);
    Files.writeString(loco.resolve("test/logical_anomalies/002.png"), "no image");
    score(loco, loco.resolve("test"));
    measured = evaluate(loco);
    mvtec = mvtec(loco, temporary.resolve("mvtec/two words"));
    copy(mvtec, temporary.resolve("mvtec/again/two words"));
    score(mvtec, temporary.resolve("mvtec"));
  }

  @Test
  void imagesAreCountedByKind() {
    assertThat(measured.state().images(AnomalyKind.GOOD)).isEqualTo(3);
    assertThat(measured.state().images(AnomalyKind.STRUCTURAL)).isEqualTo(3);
  }

  @Test
  void aRejectedImageTakesNoPart() {
    assertThat(measured.state().images(AnomalyKind.LOGICAL)).isEqualTo(2);
  }

  @Test
  void aurocIsTheShareOfPairsInOrder() {
    Map<String, BySubset> auroc = auroc(measured);

    Map<String, String> columns =
        Map.of("picturable", "picturable", "unpicturable", "unpicturable", "combined", "score");
    assertThat(auroc).containsOnlyKeys(columns.keySet());
    columns.forEach(
        (name, column) -> {
          BySubset subsets = auroc.get(name);
          assertThat(subsets.structural())
              .hasValueCloseTo(pairs(column, "structural"), within(1e-12));
          assertThat(subsets.logical()).hasValueCloseTo(pairs(column, "logical"), within(1e-12));
          assertThat(subsets.all()).hasValueCloseTo(pairs(column, ""), within(1e-12));
        });
  }

  @Test
  void auSproIsThatOfALoopOverAllThresholds() throws IOException {
    Map<Double, Localization.Areas> auSpro = measured.localization().auSpro();

    for (String kind : List.of("structural", "logical", "")) {
      Thresholds loop = thresholds(kind);
      for (double limit : LIMITS) {
        BySubset areas = auSpro.get(limit).values();
        double area = (kind.isEmpty() ? areas.all() : areas.named().get(kind)).orElseThrow();
        assertThat(area).as("%s up to %s", kind, limit).isCloseTo(loop.area(limit), within(1e-9));
        assertThat(auSpro.get(limit).errorBound()).isZero();
      }
    }
  }

  @Test
  void aDataSetThatHasMovedStillJoins(@TempDir Path elsewhere) throws IOException {
    Path moved = copy(loco, elsewhere.resolve("new home/black_circle"));

    assertThat(auroc(evaluate(moved))).isEqualTo(auroc(measured));
    assertThat(evaluate(moved).localization()).isEqualTo(measured.localization());
  }

  @Test
  void anImageScoredAtTwoPlacesCountsOnce() {
    assertThat(
            lake.read(Tables.SCORES)
                .where(
                    col("category").equalTo("two words").and(col("image").contains("/test/good/")))
                .count())
        .isEqualTo(2 * 3);
    assertThat(evaluate(mvtec).state().images(AnomalyKind.GOOD)).isEqualTo(3);
  }

  @Test
  void mvtecAdNeedsNoDefectsConfig() {
    MeasuredCategory found = evaluate(mvtec);

    assertThat(found.state().images(AnomalyKind.STRUCTURAL)).isEqualTo(2);
    assertThat(found.state().images(AnomalyKind.LOGICAL)).isZero();
    assertThat(auroc(found).get("combined").structural()).isPresent();
    assertThat(auroc(found).get("combined").logical()).isEmpty();
    assertThat(auroc(found).get("combined").defects()).containsOnlyKeys("bent lead");
    assertThat(found.localization().auSpro().get(0.3).values().structural()).isPresent();
  }

  @Test
  void locoWithoutDefectsConfigIsRefused(@TempDir Path elsewhere) throws IOException {
    Path folder = copy(loco, elsewhere.resolve("black_circle"));
    Files.delete(folder.resolve("defects_config.json"));

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> evaluate(folder))
        .withMessage(
            "Cannot evaluate category black_circle: it has no defects_config.json in file://%s. Copy it from the data set."
                .formatted(folder.toRealPath()));
  }

  @Test
  void aDefectsConfigThatIsWrongIsRefusedBeforeAnythingIsMeasured(@TempDir Path elsewhere)
      throws IOException {
    Path folder = copy(loco, elsewhere.resolve("black_circle"));
    Path config = folder.resolve("defects_config.json");
    Files.writeString(config, "{}");

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> evaluate(folder))
        .withMessage(
            "Cannot read file://%s: it is not a list of defect types. Replace the file."
                .formatted(config.toRealPath()));
  }

  @Test
  void aDefectsConfigThatIsTooLongIsRefused() {
    CategoryFolder folder = open(loco);

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(
            () ->
                EvaluateCategory.evaluate(lake, request(folder, 1, new DecodeLimits(1 << 20, 20))))
        .withMessageMatching(
            "Cannot read file:.*/defects_config.json: it has more than 20 bytes. Replace the file.");
  }

  @Test
  void imagesWithoutAScoreAreCountedAndTheFirstIsNamed() throws IOException {
    CategoryFolder folder = open(loco);

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> evaluate(folder, 2))
        .withMessage(
            "Cannot evaluate category black_circle: 9 of its test images have no score by version 2, the first is test/good/000.png. Run: puad score --images file://%s/test --category black_circle --version 2"
                .formatted(loco.toRealPath()));
  }

  @Test
  void aCategoryWithoutTestImagesIsRefused(@TempDir Path elsewhere) throws IOException {
    Path folder = ToyDataset.write(elsewhere, new SplitCounts(1, 1, 0, 0, 0), 128, 1);

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> evaluate(folder))
        .withMessage(
            "Cannot evaluate category black_circle: it has no test images below file://%s. Add test/good and others."
                .formatted(folder.toRealPath()));
  }

  @Test
  void aGroundTruthOfTheWrongSizeIsRefused(@TempDir Path elsewhere) throws IOException {
    Path folder = copy(loco, elsewhere.resolve("black_circle"));
    Path mask = folder.resolve("ground_truth/structural_anomalies/001/000.png");
    byte[] marked = new byte[64 * 32];
    Arrays.fill(marked, (byte) 255);
    Files.write(mask, PngEncoder.encode(new GreyImage(64, 32, marked)));

    assertRefused(
        folder,
        "Cannot use map of file://%s: it has 128 x 128 pixels, but its ground truth file://%s has 64 x 32. Make them the same size."
            .formatted(
                loco.toRealPath().resolve("test/structural_anomalies/001.png"), mask.toRealPath()));
  }

  @Test
  void aGroundTruthThatIsNoImageIsNamed(@TempDir Path elsewhere) throws IOException {
    Path folder = copy(loco, elsewhere.resolve("black_circle"));
    Path mask = folder.resolve("ground_truth/logical_anomalies/000/000.png");
    Files.writeString(mask, "no image");

    assertRefused(
        folder,
        "Cannot read ground truth file://%s: its content is not a PNG, JPEG or BMP image. Replace the file."
            .formatted(mask.toRealPath()));
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed(@TempDir Path elsewhere) throws IOException {
    Path file = Files.writeString(elsewhere.resolve("taken"), "a file");

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> EvaluateCategory.writeMaps(lake, request(open(loco), 1), file.toString()))
        .withMessageStartingWith("Cannot write map file:" + file + "/black_circle/test/")
        .withMessageEndingWith(". Choose another folder with --write-maps.");
  }

  private static void assertRefused(Path folder, String message) {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> evaluate(folder))
        .withMessage(message);
  }

  /** The share of pairs of a good and an anomalous image in the right order; ties count half. */
  private static double pairs(String column, String kind) {
    List<Row> scores = scores();
    double ordered = 0;
    double pairs = 0;
    for (Row good : scores) {
      for (Row anomalous : scores) {
        if (kindOf(good).equals("good")
            && !kindOf(anomalous).equals("good")
            && kindOf(anomalous).startsWith(kind)) {
          double difference = anomalous.<Double>getAs(column) - good.<Double>getAs(column);
          ordered += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
          pairs++;
        }
      }
    }
    return ordered / pairs;
  }

  private static Thresholds thresholds(String kind) throws IOException {
    Thresholds thresholds = new Thresholds();
    Map<String, Row> maps = new TreeMap<>();
    rows(Tables.ANOMALY_MAPS.fullName()).forEach(row -> maps.put(row.getAs("image"), row));
    DefectsConfig config;
    try (InputStream in = Files.newInputStream(loco.resolve("defects_config.json"))) {
      config = DefectsConfig.parse("defects_config.json", in);
    }
    for (Row score : scores()) {
      if (!kindOf(score).equals("good") && !kindOf(score).startsWith(kind)) {
        continue;
      }
      float[] map = map(maps.get(score.<String>getAs("image")));
      byte[] mask = new byte[map.length];
      if (!kindOf(score).equals("good")) {
        String image = score.getAs("image");
        String id = image.substring(image.lastIndexOf('/') + 1).replace(".png", "");
        Path truth = loco.resolve("ground_truth").resolve(kindOf(score)).resolve(id);
        mask =
            ImageDecoder.decodeGrey(
                    Files.readAllBytes(truth.resolve("000.png")), DecodeLimits.defaults())
                .pixels();
      }
      List<Float> region = new ArrayList<>();
      int value = 0;
      for (int i = 0; i < map.length; i++) {
        if (mask[i] == 0) {
          thresholds.addDefectFree(map[i]);
        } else {
          region.add(map[i]);
        }
        value = Math.max(value, Byte.toUnsignedInt(mask[i]));
      }
      if (!region.isEmpty()) {
        thresholds.addRegion(
            region, config.ofPixelValue(value).orElseThrow().saturation(region.size()));
      }
    }
    return thresholds;
  }

  private static float[] map(Row row) {
    int side = row.<Integer>getAs("width");
    byte[] halves = Zstd.decompress(row.<byte[]>getAs("map"), 2 * side * side);
    float[] map = new HalfMap(row.getAs("offset"), row.getAs("scale"), halves).toFloats();
    return BilinearMap.resize(map, side, side, 128, 128);
  }

  private static List<Row> scores() {
    return rows(Tables.SCORES.fullName());
  }

  private static List<Row> rows(String table) {
    return lake.spark()
        .table(table)
        .where(col("category").equalTo("black_circle"))
        .orderBy("image")
        .collectAsList();
  }

  /** {@code good}, {@code structural_anomalies} or {@code logical_anomalies}. */
  private static String kindOf(Row score) {
    String[] names = score.<String>getAs("image").split("/", -1);
    return names[names.length - 2].toLowerCase(Locale.ROOT);
  }

  private static Map<String, BySubset> auroc(MeasuredCategory found) {
    Map<String, BySubset> auroc = new TreeMap<>();
    found.state().detection().forEach((name, by) -> auroc.put(name, by.by(RocState::auroc)));
    return auroc;
  }

  private static MeasuredCategory evaluate(Path folder) {
    return evaluate(open(folder), 1);
  }

  private static MeasuredCategory evaluate(CategoryFolder folder, long version) {
    return EvaluateCategory.evaluate(lake, request(folder, version));
  }

  private static EvaluateCategory.Request request(CategoryFolder folder, long version) {
    return request(folder, version, DecodeLimits.defaults());
  }

  private static EvaluateCategory.Request request(
      CategoryFolder folder, long version, DecodeLimits limits) {
    return new EvaluateCategory.Request(
        folder, UntrainedBundle.row(folder.name(), version), EXACT, limits);
  }

  private static CategoryFolder open(Path folder) {
    return CategoryFolder.open(new Configuration(), folder.toString());
  }

  private static void score(Path category, Path images) {
    String name = category.getFileName().toString();
    new ArchiveScoring(lake, UntrainedBundle.of(name), ArchiveScoring.PLAN, 100).run(images, "run");
  }

  /** A category in MVTec AD's layout, of the structural anomalies of one in LOCO's. */
  private static Path mvtec(Path loco, Path folder) throws IOException {
    copy(loco.resolve("train"), folder.resolve("train"));
    copy(loco.resolve("test/good"), folder.resolve("test/good"));
    for (String id : List.of("000", "001")) {
      copy(
          loco.resolve("test/structural_anomalies/" + id + ".png"),
          folder.resolve("test/bent lead/" + id + ".png"));
      copy(
          loco.resolve("ground_truth/structural_anomalies/" + id + "/000.png"),
          folder.resolve("ground_truth/bent lead/" + id + "_mask.png"));
    }
    return folder;
  }

  private static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }
}
