package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.NotebookTest;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.Manifest;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.weights.NpzFile;
import dev.puad.model.weights.StateDict;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command, with real arguments and files, on one toy set that is trained and scored once. */
@Tag("slow")
class CommandsTest {

  @TempDir private static Path folder;

  private static final String CURRENT = "select version from puad.models where `current`";

  private static Path warehouse;
  private static Path category;
  private static Ran trained;
  private static Ran scored;

  @BeforeAll
  static void trainAndScoreAToySet() {
    warehouse = folder.resolve("warehouse");
    category = folder.resolve("toy/black_circle");
    Ran drawn =
        Ran.puad(
            "toy --train 12 --validation 6 --good 5 --structural 4 --logical 3 --json --out "
                .concat(folder.resolve("toy").toString())
                .split(" "));
    assertThat(drawn.code()).as(drawn.err()).isEqualTo(ExitCode.DONE);
    trained = puad("train", "--data", category, "--network", "tiny", "--steps", "4", "--json");
    assertThat(trained.code()).as(trained.err()).isEqualTo(ExitCode.DONE);
    scored =
        puad("score", "--images", category.resolve("test"), "--category", "black_circle", "--json");
    assertThat(scored.code()).as(scored.err()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void trainTellsTheCountsOfEachSplit() {
    assertThat(trained.err())
        .contains(
            "black_circle (LOCO): 12 training, 6 validation,"
                + " 5 good, 4 structural, 3 logical images");
  }

  @Test
  void trainReportsItsBundle() {
    JsonNode result = trained.json();
    assertThat(Ran.names(result))
        .containsExactly(
            "category", "version", "current", "bundle", "steps", "seconds", "threshold");
    assertThat(result.path("category").asText()).isEqualTo("black_circle");
    assertThat(result.path("version").asLong()).isEqualTo(1);
    assertThat(result.path("steps").asLong()).isEqualTo(4);
    assertThat(Path.of(result.path("bundle").asText()).resolve("manifest.json")).isRegularFile();
    assertThat(LocalSpark.rows(warehouse, "select version, `current`, path from puad.models"))
        .containsExactly("[1,true," + result.path("bundle").asText() + "]");
  }

  @Test
  void theBundleSaysWhatCalibratedIt() {
    assertThat(calibratedBy(trained)).isEqualTo("{\"device\":\"cpu\",\"graph\":\"winograd\"}");
  }

  @Test
  void trainCalibratesByTheGraphThatIsChosen() {

    Ran ran = trainWith("-D", "score.graph=plain", "graphs");
    Ran again = trainWith("-D", "score.graph=winograd", "graphs");

    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    assertThat(calibratedBy(ran)).isEqualTo("{\"device\":\"cpu\",\"graph\":\"plain\"}");
    // It decides the last bits alone: no other training.
    assertThat(again.json().path("version").asLong()).isEqualTo(1);
    assertThat(again.json().path("steps").asLong()).isZero();
  }

  @Test
  void trainSaysWhatAFewImagesAreWorthAndWhichVersionIsCurrent(@TempDir Path elsewhere) {
    String data = elsewhere.resolve("black_circle").toString();
    Ran.puad(
            "toy --train 6 --validation 0 --good 0 --structural 0 --logical 0 --size 128 --out "
                .concat(elsewhere.toString())
                .split(" "))
        .done();
    Path other = elsewhere.resolve("warehouse");
    String[] first = {"train", "--data", data, "--network", "tiny", "--steps", "1"};
    String[] second = {"train", "--data", data, "--network", "tiny", "--steps", "2"};

    Ran trained = Ran.in(other, (Object[]) first).done();
    assertThat(trained.out())
        .containsPattern(
            "threshold -?[0-9.]+ \\(0 of 6 cross-fitted images lie above it: expect a false-alarm"
                + " rate of about [0-9.]+ %, 0\\.0 to [0-9.]+ % with 95 % confidence\\)\n"
                + "30 images in validation/good, or 200 in train/good without it, need no"
                + " cross-fitting; it takes 299 validation images to show a rate of at most 1 %\n");

    assertThat(Ran.in(other, (Object[]) second).done().out()).contains("version 2: 2 steps in");
    Ran again = Ran.in(other, (Object[]) first).done();
    assertThat(again.out())
        .contains("version 1: was trained before on the same images; --force trains again")
        .contains("version 2 stays current; --make-current makes version 1 current");
    assertThat(LocalSpark.rows(other, CURRENT)).containsExactly("[2]");

    Ran back =
        Ran.in(
                other,
                "train",
                "--data",
                data,
                "--network",
                "tiny",
                "--steps",
                "1",
                "--make-current",
                "--json")
            .done();
    assertThat(back.json().path("version").asLong()).isEqualTo(1);
    assertThat(back.json().path("current").asLong()).isEqualTo(1);
    assertThat(LocalSpark.rows(other, CURRENT)).containsExactly("[1]");
  }

  private static String calibratedBy(Ran training) {
    return Bundle.open(Path.of(training.json().path("bundle").asText()))
        .manifest()
        .configuration()
        .path("score")
        .toString();
  }

  @Test
  void aRunRecordsWhatScoredAndWhere() {
    assertThat(
            LocalSpark.rows(
                warehouse,
                "select distinct get_json_object(configuration, '$.score.graph'),"
                    + " get_json_object(configuration, '$.score.device'),"
                    + " get_json_object(configuration, '$.score.graph-batch')"
                    + " from puad.runs where command in ('train', 'score') and outcome = 'done'"))
        .containsExactly("[winograd,cpu,1]");
  }

  @Test
  void aRunRecordsWhatWasScored() {
    assertThat(
            LocalSpark.rows(
                warehouse,
                "select get_json_object(configuration, '$.asked.images'),"
                    + " get_json_object(configuration, '$.asked.category')"
                    + " from puad.runs where run = '%s'"
                        .formatted(scored.json().path("run").asText())))
        .containsExactly("[%s,black_circle]".formatted("file://" + category.resolve("test")));
  }

  @Test
  void aSummaryThatIsAFolderIsLeftAlone() throws IOException {
    Path summary = Files.createDirectory(folder.resolve("summary"));
    assertMistake(
        puad("score", "--images", category, "--category", "black_circle", "--summary", summary),
        ExitCode.BAD_INPUT,
        "Cannot write the summary %s: it is a folder. Correct --summary.".formatted(summary));
    assertThat(summary).isDirectory();
  }

  @Test
  void trainDrawsItsProgressOnStandardErrorOnly() {
    assertThat(trained.err()).contains("train black_circle 4/4", "loss ");
    assertThat(trained.out().lines()).hasSize(1);
  }

  @Test
  void trainSaysOnceThatItDoesWithoutThePenaltyTerm() {
    assertThat(trained.err().lines().filter(line -> line.contains("penalty")))
        .containsExactly(
            "training without EfficientAD's penalty term: --penalty-images DIR|generated adds it");
  }

  @Test
  void trainingTheSameAgainReturnsTheVersionThatIsThere() {
    Ran again = puad("train", "--data", category, "--network", "tiny", "--steps", "4", "--json");
    assertThat(again.code()).as(again.err()).isEqualTo(ExitCode.DONE);
    assertThat(again.json().path("version").asLong()).isEqualTo(1);
    assertThat(again.json().path("steps").asLong()).isZero();
  }

  @Test
  void scoreLeavesOneScoreAndOneMapAnImage() {
    JsonNode result = scored.json();
    assertThat(Ran.names(result))
        .containsExactly(
            "run",
            "outcome",
            "scored",
            "skipped",
            "rejected",
            "left",
            "seconds",
            "categories",
            "reasons",
            "broken",
            "manyFlagged",
            "unmatched",
            "unmatchedIn",
            "fittingPattern",
            "lost",
            "others",
            "withoutModel");
    assertThat(result.path("scored").asLong()).isEqualTo(12);
    assertThat(
            LocalSpark.rows(
                warehouse,
                "select count(*), count(distinct image) from puad.scores"
                    + " where image like 'file:///%/toy/black_circle/test/%'"))
        .containsExactly("[12,12]");
    assertThat(
            LocalSpark.rows(
                warehouse,
                "select count(*) from puad.anomaly_maps m join puad.scores s"
                    + " using (dataset, category, method, version, image)"
                    + " where m.width = 24 and m.height = 24"))
        .containsExactly("[12]");
  }

  @Test
  void scoresAreSumsOfTheirParts() {
    assertThat(
            LocalSpark.rows(
                warehouse,
                "select count(*) from puad.scores where"
                    + " abs(score - picturable_z - unpicturable_z) < 1e-9"
                    + " and anomalous = (score > threshold)"))
        .containsExactly("[12]");
  }

  @Test
  void scoringTheSameFolderAgainLeavesTheSameRows() {
    List<String> before = LocalSpark.rows(warehouse, "select * from puad.scores order by image");
    Ran again =
        puad("score", "--images", category.resolve("test"), "--category", "black_circle", "--json");
    assertThat(again.json().path("scored").asLong()).isZero();
    assertThat(again.json().path("skipped").asLong()).isEqualTo(12);
    assertThat(LocalSpark.rows(warehouse, "select * from puad.scores order by image"))
        .isEqualTo(before);
  }

  @Test
  void anImageThatWasTouchedIsNotScoredAgainIfContentIsCompared() throws IOException {
    Path image = category.resolve("test/good/000.png");
    FileTime before = Files.getLastModifiedTime(image);
    try {
      Files.setLastModifiedTime(image, FileTime.fromMillis(before.toMillis() + 60_000));

      assertThat(imagesToScore()).isEqualTo(1);
      assertThat(imagesToScore("--compare-content")).isZero();
    } finally {
      Files.setLastModifiedTime(image, before);
    }
  }

  private static long imagesToScore(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("score", "--images", category.resolve("test").toString()));
    arguments.addAll(List.of("--category", "black_circle", "--dry-run", "--json"));
    arguments.addAll(List.of(more));
    return puad(arguments.toArray()).json().path("images").asLong();
  }

  @Test
  void sqlAnswersFromTheTables() {
    Ran answered =
        puad("sql", "select category, count(*), avg(score) from puad.scores group by 1", "--json");
    assertThat(answered.json().at("/rows/0/0").asText()).isEqualTo("black_circle");
    assertThat(answered.json().at("/rows/0/1").asLong()).isEqualTo(12);
  }

  @Test
  void theNotesQueriesAnswerFromTheSameTables() throws IOException {
    SparkSession spark = LocalSpark.open(warehouse);
    assertThat(puad("evaluate", "--data", category).code()).isZero();
    List<String> queries = NotebookTest.queries().toList();
    assertThat(queries).isNotEmpty();
    for (String query : queries) {
      String from = query.replaceAll("(?s).*(FROM \\S+(\\s+WHERE \\w+)?).*", "$1");
      assertThat(spark.sql(query).isEmpty())
          .as(query)
          .isEqualTo(spark.sql("SELECT 1 " + from).isEmpty());
    }
    assertThat(queries.stream().filter(query -> !spark.sql(query).isEmpty()))
        .anyMatch(query -> query.contains("puad.metrics"))
        .anyMatch(query -> query.contains("puad.anomaly_maps"));
  }

  @Test
  void everyRunLeavesARow() {
    assertThat(
            LocalSpark.rows(
                warehouse, "select command, outcome, scored from puad.runs order by started_at"))
        .startsWith("[train,done,0]", "[score,done,12]");
  }

  @Test
  void toyRefusesAFolderThatHasOneAlready() {
    Ran again = Ran.puad("toy", "--out", folder.resolve("toy").toString());
    assertMistake(again, ExitCode.BAD_INPUT, category.toString());
  }

  @Test
  void trainNamesAFolderThatDoesNotExist() {
    Path absent = folder.resolve("absent");
    assertMistake(
        puad("train", "--data", absent),
        ExitCode.BAD_INPUT,
        "Cannot read %s: there is no such folder. Correct the path.".formatted(absent));
  }

  @Test
  void trainNamesACategoryWithoutImages() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("hollow/train/good")).getParent();
    assertMistake(puad("train", "--data", empty.getParent()), ExitCode.BAD_INPUT, "hollow");
  }

  @Test
  void trainNamesANetworkItDoesNotKnow() {
    assertMistake(puad("train", "--data", category, "--network", "huge"), ExitCode.USAGE, "huge");
  }

  @Test
  void trainNamesAMapVariantItDoesNotKnow() {
    assertMistake(
        puad("train", "--data", category, "--map-variant", "nelson"),
        ExitCode.USAGE,
        "Cannot set puad.train.map-variant to nelson, the value must be one of puad, nelson1425.");
  }

  @Test
  void trainTakesATeacherFromAFileWhereverItIs(@TempDir Path elsewhere) throws IOException {
    Path file = elsewhere.resolve("teacher.npz");
    StateDict weights;
    try (TeacherNetwork teacher = TeacherNetwork.random(Architecture.TINY, 7)) {
      weights = teacher.weights();
    }
    NpzFile.write(file, weights.tensors());

    Ran first = trainWith("--teacher", file, "teachers");
    Ran again =
        trainWith("--teacher", Files.move(file, elsewhere.resolve("moved.npz")), "teachers");

    assertThat(first.code()).as(first.err()).isEqualTo(ExitCode.DONE);
    assertThat(first.json().path("steps").asLong()).isEqualTo(1);
    assertThat(again.json().path("version").asLong()).isEqualTo(1);
    assertThat(again.json().path("steps").asLong()).isZero();
    Bundle bundle = Bundle.open(Path.of(first.json().path("bundle").asText()));
    assertThat(bundle.manifest().configuration().at("/train/teacher").asText())
        .isEqualTo(file.toString());
    try (TeacherNetwork teacher = TeacherNetwork.read(Architecture.TINY, bundle.teacher())) {
      for (String name : weights.names()) {
        assertThat(teacher.weights().tensor(name).bytes()).isEqualTo(weights.tensor(name).bytes());
      }
    }
  }

  @Test
  void trainFindsItsVersionWhereverThePenaltyImagesAre(@TempDir Path elsewhere) throws IOException {
    Path nature = Files.createDirectories(elsewhere.resolve("nature"));
    Files.copy(category.resolve("test/good/000.png"), nature.resolve("a.png"));

    Ran first = trainWith("--penalty-images", nature, "penalties");
    Ran again =
        trainWith("--penalty-images", Files.move(nature, elsewhere.resolve("moved")), "penalties");

    assertThat(first.code()).as(first.err()).isEqualTo(ExitCode.DONE);
    assertThat(first.json().path("steps").asLong()).isEqualTo(1);
    assertThat(again.json().path("version").asLong()).isEqualTo(1);
    assertThat(again.json().path("steps").asLong()).isZero();
  }

  @Test
  void trainDrawsPenaltyImagesThatItGenerates() {

    Ran first = trainWith("--penalty-images", "generated", "generated");
    Ran again = trainWith("--penalty-images", "generated", "generated");

    assertThat(first.code()).as(first.err()).isEqualTo(ExitCode.DONE);
    assertThat(first.err()).doesNotContain("without EfficientAD's penalty term");
    assertThat(first.json().path("steps").asLong()).isEqualTo(1);
    assertThat(
            Bundle.open(Path.of(first.json().path("bundle").asText()))
                .manifest()
                .configuration()
                .at("/train/penalty-images")
                .asText())
        .isEqualTo("generated");
    assertThat(again.json().path("version").asLong()).isEqualTo(1);
    assertThat(again.json().path("steps").asLong()).isZero();
  }

  @Test
  void trainRunsNothingOfATeacherAndMakesNoWarehouse(@TempDir Path elsewhere) throws IOException {
    Path marker = elsewhere.resolve("executed");
    Path file = elsewhere.resolve("teacher.pt");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("teacher/data.pkl"));
      zip.write(
          "cos\nsystem\n(S'touch %s'\ntR.".formatted(marker).getBytes(StandardCharsets.US_ASCII));
    }
    Path none = elsewhere.resolve("warehouse");

    Ran ran = trainInto(none, "--teacher", file, "default");

    assertMistake(
        ran,
        ExitCode.BAD_INPUT,
        "Cannot read %s: its pickle names os.system, which no state dict needs; nothing was executed."
            .formatted(file));
    assertThat(ran.err().strip().lines()).hasSize(1);
    assertThat(marker).doesNotExist();
    assertThat(none).doesNotExist();
  }

  @Test
  void aLargerCacheForTheTeacherIsNoOtherTraining() {
    Ran again =
        puad(
            "train",
            "--data",
            category,
            "--network",
            "tiny",
            "--steps",
            "4",
            "-Dtrain.teacher-cache-bytes=1",
            "--json");

    assertThat(again.json().path("version").asLong()).isEqualTo(1);
    assertThat(again.json().path("steps").asLong()).isZero();
  }

  @Test
  void trainNamesATeacherThatIsNoFile() {
    assertMistake(
        puad("train", "--data", category, "--network", "tiny", "--teacher", "wise"),
        ExitCode.BAD_INPUT,
        "Cannot use teacher wise: it is neither builtin nor random nor a file. Correct the path.");
  }

  @Test
  void trainTakesImagesOfAnotherSizeAndAugmentsThem() {
    Ran ran =
        Ran.puad(
            "train",
            "--data",
            category.toString(),
            "--network",
            "tiny",
            "--steps",
            "2",
            "--image-size",
            "160",
            "--augmentation",
            "horizontal-flip,rotation",
            "--json",
            "--master",
            "local[2]",
            "--warehouse",
            folder.resolve("others").toString());
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    Manifest manifest = Bundle.open(Path.of(ran.json().path("bundle").asText())).manifest();
    assertThat(manifest.architecture().imageSize()).isEqualTo(160);
    assertThat(manifest.configuration().at("/train/augmentation").asText())
        .isEqualTo("horizontal-flip,rotation");
  }

  @Test
  void trainNamesAFolderOfPenaltyImagesThatDoesNotExist() {
    Path absent = folder.resolve("absent");
    assertMistake(
        puad("train", "--data", category, "--network", "tiny", "--penalty-images", absent),
        ExitCode.BAD_INPUT,
        "Cannot read %s: there is no such folder. Correct the path.".formatted(absent));
  }

  @Test
  void trainNamesAFolderWithoutPenaltyImages() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("nature"));
    assertMistake(
        puad("train", "--data", category, "--network", "tiny", "--penalty-images", empty),
        ExitCode.BAD_INPUT,
        "Cannot use --penalty-images %s: it has no images".formatted(empty));
  }

  @Test
  void trainNamesACategoryThatTheLocoPaperDoesNotAugment() {
    assertMistake(
        puad("train", "--data", category, "--network", "tiny", "--augmentation", "loco"),
        ExitCode.BAD_INPUT,
        "Cannot augment category black_circle as the LOCO paper does");
  }

  @Test
  void trainNamesAnImageSizeThatItsNetworkCannotTake() {
    assertMistake(
        puad("train", "--data", category, "--network", "tiny", "--image-size", "30"),
        ExitCode.BAD_INPUT,
        "30");
  }

  @Test
  void scoreNamesAFolderThatDoesNotExist() {
    Path absent = folder.resolve("absent");
    assertMistake(
        puad("score", "--images", absent, "--category", "black_circle"),
        ExitCode.BAD_INPUT,
        "Cannot read %s: there is no such folder. Correct the path.".formatted(absent));
  }

  @Test
  void scoreNamesACategoryThatHasNoBundle() {
    assertMistake(
        puad("score", "--images", category.resolve("test"), "--category", "triangle"),
        ExitCode.BAD_INPUT,
        "Cannot use category triangle: it has no bundle in");
  }

  @Test
  void scoreNamesAVersionThatDoesNotExist() {
    assertMistake(
        puad("score", "--images", category, "--category", "black_circle", "--version", "9"),
        ExitCode.BAD_INPUT,
        "9");
  }

  @Test
  void scoreNamesABundleThatIsGone() throws IOException {
    Path bundle = Path.of(trained.json().path("bundle").asText());
    Path away = Files.move(bundle, folder.resolve("away"));
    try {
      assertMistake(
          puad("score", "--images", category.resolve("test"), "--category", "black_circle"),
          ExitCode.BAD_INPUT,
          "Cannot open bundle %s of category black_circle: its manifest cannot be read"
              .formatted(bundle));
    } finally {
      Files.move(away, bundle);
    }
  }

  @Test
  void scoreRefusesAPatternThatNamesNoCategoryBeforeItReadsAnything() {
    assertMistake(
        puad("score", "--images", folder.resolve("absent"), "--categories", "line1/foo/**"),
        ExitCode.USAGE,
        "Cannot use pattern line1/foo/**: it must have {category} once, as in line3/{category}/**.");
  }

  @Test
  void scoreNamesWhatCannotBeReadWhereNothingElseIsFound() throws IOException {
    Path images = Files.createDirectory(folder.resolve("broken"));
    Path shard = Files.writeString(images.resolve("broken.tar"), "this is no shard");
    assertMistake(
        puad("score", "--images", images, "--categories", "{category}/**"),
        ExitCode.BAD_INPUT,
        "nothing that can be read fits --categories, and file://%s cannot be read: "
            .formatted(shard));
  }

  @Test
  void aShardOfNoCategoryThatCannotBeReadCountsAsRejected() throws IOException {
    Path images = shardsBesideOneImage("lost", 1);
    Ran ran =
        puad(
            "score",
            "--images",
            images,
            "--categories",
            "{category}/**",
            "--max-reject-rate",
            "0.4");
    forget("lost");
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.TOO_MANY_REJECTS);
    assertThat(ran.err()).contains("1 of 2 images were rejected", "the lines above say why");
  }

  @Test
  void aPersonReadsOfFiveShardsThatCannotBeReadAndAProgramOfAll() throws IOException {
    Path images = shardsBesideOneImage("many", 7);
    Path summary = folder.resolve("many.json");
    Ran ran =
        puad(
            "score",
            "--images",
            images,
            "--categories",
            "{category}/**",
            "--summary",
            summary,
            "--dry-run");
    assertThat(ran.err().lines().filter(line -> line.contains(".tar is not scored: "))).hasSize(5);
    assertThat(ran.err()).contains("puad: and 2 more\n");
    assertThat(new ObjectMapper().readTree(Files.readString(summary)).path("lost")).hasSize(7);
  }

  /** An image of a category with a bundle, beside shards that fit none and cannot be read. */
  private static Path shardsBesideOneImage(String name, int shards) throws IOException {
    Path images = folder.resolve(name);
    Path image = Files.createDirectories(images.resolve("black_circle")).resolve("000.png");
    Files.copy(category.resolve("test/good/000.png"), image);
    for (int i = 0; i < shards; i++) {
      Files.writeString(images.resolve("broken%d.tar".formatted(i)), "this is no shard");
    }
    return images;
  }

  @Test
  void aLimitedRunSaysWhatIsLeft() throws IOException {
    Path images = Files.createDirectory(folder.resolve("limited"));
    for (String name : List.of("a.png", "b.png", "c.png")) {
      Files.copy(category.resolve("test/good/000.png"), images.resolve(name));
    }
    Path summary = folder.resolve("limited.json");
    Ran ran =
        puad(
            "score",
            "--images",
            images,
            "--category",
            "black_circle",
            "--limit",
            "1",
            "--summary",
            summary);
    forget("limited");
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    assertThat(ran.lastLine()).startsWith("1 images scored, ").endsWith(", 2 left to do");
    assertThat(new ObjectMapper().readTree(Files.readString(summary)).path("left").asLong())
        .isEqualTo(2);
  }

  /** Other tests count the rows of the toy set. */
  private static void forget(String images) {
    SparkSession spark = LocalSpark.open(warehouse);
    for (String table : List.of("scores", "anomaly_maps")) {
      spark.sql("delete from puad.%s where image like '%%/%s/%%'".formatted(table, images));
    }
  }

  @Test
  void scoreWithoutAWarehouseCreatesNone() {
    Path none = folder.resolve("none");
    Ran ran =
        Ran.puad(
            "score",
            "--images",
            category.toString(),
            "--category",
            "black_circle",
            "--master",
            "local[2]",
            "--warehouse",
            none.toString());
    assertMistake(ran, ExitCode.BAD_INPUT, "no warehouse in " + none);
    assertThat(none).doesNotExist();
  }

  @Test
  void badImagesBecomeRejectsAndTheOthersAreScored() throws IOException {
    Path images = Files.createDirectory(folder.resolve("damaged"));
    byte[] good = Files.readAllBytes(category.resolve("test/good/000.png"));
    byte[] corrupt = good.clone();
    Arrays.fill(corrupt, corrupt.length / 2, corrupt.length / 2 + 64, (byte) 0x55);
    Files.write(images.resolve("corrupt.png"), corrupt);
    Files.write(images.resolve("truncated.jpg"), truncatedJpeg());
    Files.writeString(images.resolve("text.png"), "this is no image");
    Files.write(images.resolve("whole.png"), good);
    Ran ran =
        puad(
            "score",
            "--images",
            images,
            "--category",
            "black_circle",
            "--json",
            "--dataset",
            "default");
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    assertThat(ran.json().path("scored").asLong()).isEqualTo(1);
    assertThat(ran.json().path("rejected").asLong()).isEqualTo(3);
    assertThat(
            LocalSpark.rows(
                warehouse,
                "select regexp_extract(image, '[^/]+$', 0), reason, attempts from puad.rejects"
                    + " where image like '%/damaged/%' order by 1"))
        .containsExactly(
            "[corrupt.png,unreadable,1]",
            "[text.png,unsupported,1]",
            "[truncated.jpg,truncated,1]");
    forget("damaged");
  }

  @Test
  void moreRejectsThanTheBudgetEndInCodeFour() throws IOException {
    Path images = Files.createDirectory(folder.resolve("budget"));
    Files.writeString(images.resolve("text.png"), "this is no image");
    Ran ran =
        puad(
            "score",
            "--images",
            images,
            "--category",
            "black_circle",
            "-Dscore.max-reject-rate=0.5");
    assertThat(ran.code()).isEqualTo(ExitCode.TOO_MANY_REJECTS);
    assertThat(ran.err()).contains("1 of 1 images were rejected");
    assertThat(
            LocalSpark.rows(
                warehouse, "select count(*) from puad.rejects where image like '%/budget/%'"))
        .containsExactly("[1]");
  }

  @Test
  void theSummaryIsTheResultInAFile() throws IOException {
    Path summary = folder.resolve("summary.json");
    Ran ran =
        puad(
            "score",
            "--images",
            category.resolve("test"),
            "--category",
            "black_circle",
            "--json",
            "--summary",
            summary);
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    assertThat(Files.readString(summary)).isEqualTo(ran.lastLine() + "\n");
    assertThat(ran.json().path("outcome").asText()).isEqualTo("done");
  }

  @Test
  void theSummaryOfARunThatFailedReplacesAnEarlierOne() throws IOException {
    Path summary = Files.writeString(folder.resolve("failed.json"), "an earlier run's");
    Path absent = folder.resolve("absent");
    Ran ran = puad("score", "--images", absent, "--category", "black_circle", "--summary", summary);
    assertThat(ran.code()).isEqualTo(ExitCode.BAD_INPUT);
    JsonNode told = new ObjectMapper().readTree(Files.readString(summary));
    assertThat(Ran.names(told)).containsExactly("run", "outcome", "error");
    assertThat(told.path("outcome").asText()).isEqualTo("failed");
    assertThat("puad: " + told.path("error").asText() + "\n").isEqualTo(ran.err());
  }

  @Test
  void aSummaryThatCannotBeWrittenIsRefusedBeforeAnythingIsScored() {
    Path summary = folder.resolve("no folder/summary.json");
    assertMistake(
        puad(
            "score",
            "--images",
            category.resolve("test"),
            "--category",
            "black_circle",
            "--summary",
            summary),
        ExitCode.BAD_INPUT,
        "Cannot write the summary %s: %s is no folder that can be written. Correct --summary."
            .formatted(summary, summary.getParent()));
  }

  @Test
  void everyCommandPrintsItsHelp() {
    for (String command :
        List.of("toy", "train", "import", "export", "pack", "score", "evaluate", "sql")) {
      Ran help = Ran.puad(command, "--help");
      assertThat(help.out()).contains("puad " + command, "--conf", "--json");
      assertThat(help.code()).isEqualTo(ExitCode.DONE);
    }
  }

  /** Trains a step of a data set of its own, beside the runs and versions that others count. */
  private static Ran trainWith(String option, Object value, String dataset) {
    return trainInto(folder.resolve("others"), option, value, dataset);
  }

  private static Ran trainInto(Path warehouse, String option, Object value, String dataset) {
    String line =
        "train --network tiny --steps 1 --json --master local[2] --data %s %s %s --dataset %s --warehouse %s"
            .formatted(category, option, value, dataset, warehouse);
    return Ran.puad(line.split(" "));
  }

  private static byte[] truncatedJpeg() throws IOException {
    BufferedImage image = new BufferedImage(200, 200, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 200 * 200; i++) {
      image.setRGB(i % 200, i / 200, i * 7919);
    }
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, "jpg", jpeg)).isTrue();
    return Arrays.copyOf(jpeg.toByteArray(), jpeg.size() / 2);
  }

  private static void assertMistake(Ran ran, int code, String part) {
    assertThat(ran.err().strip().lines().filter(line -> line.startsWith("puad: ")))
        .singleElement()
        .asString()
        .contains(part);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.code()).isEqualTo(code);
  }

  private static Ran puad(Object... arguments) {
    return Ran.in(warehouse, arguments);
  }
}
