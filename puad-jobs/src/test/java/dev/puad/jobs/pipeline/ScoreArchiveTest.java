package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.archive.CategoryRule;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.RunLog;
import dev.puad.jobs.table.TableDefinition;
import dev.puad.jobs.table.Tables;
import dev.puad.model.BadInputException;
import dev.puad.model.dataset.SplitCounts;
import dev.puad.model.dataset.ToyDataset;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.Calibration;
import dev.puad.model.detect.Detector;
import dev.puad.model.detect.Device;
import dev.puad.model.detect.MapVariant;
import dev.puad.model.image.BilinearMap;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.ImageDecoder;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.RgbImage;
import dev.puad.model.network.Architecture;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nights of scoring the same folder. Each test looks at one thing that they left behind, since
 * every commit takes seconds.
 */
@Tag("slow")
class ScoreArchiveTest {

  private static final String CATEGORY = "it's a category";

  @TempDir static Path warehouse;
  @TempDir static Path toys;
  @TempDir static Path temporary;

  private static Lake lake;
  private static Bundle bundle;
  private static Path folder;
  private static Night first;
  private static Night second;

  /** Images that the first night had done, and those in the tables when it last said so. */
  private static final Map<Long, List<Long>> PROGRESS = new LinkedHashMap<>();

  /** What a run counted, and what the tables held after it, each in the order of the images. */
  private record Night(RunLog.Counts counts, List<Row> scores, List<Row> maps, List<Row> rejects) {}

  @BeforeAll
  static void scoreForTwoNights() throws IOException {
    lake = Lake.open(LocalSpark.open(warehouse));
    bundle = UntrainedBundle.of(CATEGORY);
    ToyDataset.write(toys, new SplitCounts(6, 0, 0, 0, 0), 128, 1);
    folder = Files.createDirectory(temporary.resolve("a b%"));
    copy(0, folder.resolve("deep/down/same.png"));
    copy(1, folder.resolve("changed.png"));
    copy(2, folder.resolve("touched.png"));
    Files.writeString(folder.resolve("healed.png"), "no image");
    Files.writeString(folder.resolve("worse.png"), "no image");
    Files.writeString(folder.resolve("bad.png"), "no image");
    ArchiveScoring scoring = scoring(lake, CATEGORY, 4);
    first =
        night(
            scoring.run(
                folder,
                "first",
                done ->
                    PROGRESS.put(
                        done,
                        List.of(
                            (long) rows(Tables.SCORES).size(),
                            (long) rows(Tables.REJECTS).size()))));
    copy(3, folder.resolve("changed.png"));
    Files.setLastModifiedTime(
        folder.resolve("touched.png"), FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));
    copy(4, folder.resolve("healed.png"));
    Files.writeString(folder.resolve("worse.png"), "still no image");
    second = night(scoring.run(folder, "second"));
  }

  @Test
  void scoresAndMapsAreThoseOfTheDetectorAlone() throws IOException {
    try (Detector detector = bundle.detector(ArchiveScoring.PLAN.graph()).open(Device.cpu(1))) {
      for (int i = 0; i < second.scores().size(); i++) {
        Row score = second.scores().get(i);
        byte[] png = Files.readAllBytes(Path.of(URI.create(score.getAs("image"))));
        RgbImage image = ImageDecoder.decode(png);
        Calibration.Detection alone =
            bundle
                .calibration(ArchiveScoring.PLAN.graph())
                .detect(
                    detector.analyze(List.of(image.pixels())).get(0),
                    image.width(),
                    image.height());
        assertThat(score.<Double>getAs("picturable")).isEqualTo(alone.scores().picturable());
        assertThat(score.<Double>getAs("unpicturable")).isEqualTo(alone.scores().unpicturable());
        assertThat(score.<Double>getAs("picturable_z")).isEqualTo(alone.picturableZ());
        assertThat(score.<Double>getAs("unpicturable_z")).isEqualTo(alone.unpicturableZ());
        assertThat(score.<Double>getAs("score")).isEqualTo(alone.score());
        assertThat(score.<Boolean>getAs("anomalous")).isEqualTo(alone.anomalous());
        assertMap(second.maps().get(i), alone.map());
      }
    }
  }

  @Test
  void aScoreTellsItsImageModelAndRun() throws IOException {
    Path file = folder.resolve("deep/down/same.png").toRealPath();

    Row row = row(second.scores(), "deep/down/same.png");

    assertThat(row.<Timestamp>getAs("modified").getTime())
        .isEqualTo(Files.getLastModifiedTime(file).toMillis());
    assertThat(row.<Long>getAs("length")).isEqualTo(Files.size(file));
    assertThat(row.<Integer>getAs("width")).isEqualTo(128);
    assertThat(row.<Integer>getAs("height")).isEqualTo(128);
    assertThat(row.<String>getAs("dataset")).isEqualTo(UntrainedBundle.DATASET);
    assertThat(row.<String>getAs("method")).isEqualTo(UntrainedBundle.METHOD);
    assertThat(row.<Long>getAs("version")).isEqualTo(1);
    assertThat(row.<Double>getAs("threshold")).isEqualTo(UntrainedBundle.THRESHOLD);
    assertThat(row.<Timestamp>getAs("scored_at").toInstant()).isEqualTo(ArchiveScoring.SCORED_AT);
    assertThat(row.<String>getAs("run")).isEqualTo("first");
  }

  @Test
  void everyImageIsScoredOrRejected() {
    assertThat(first.counts()).isEqualTo(new RunLog.Counts(3, 0, 3));
    assertThat(first.scores()).hasSize(3);
    assertThat(first.maps()).hasSize(3);
    assertThat(first.rejects()).hasSize(3);
  }

  @Test
  void batchesAreCommittedOneByOne() {
    // In the order of their URIs: bad, changed, deep/down/same, healed | touched, worse.
    assertThat(PROGRESS).containsExactly(entry(4L, List.of(2L, 2L)), entry(6L, List.of(3L, 3L)));
  }

  @Test
  void theNextRunPassesOverWhatItHasSeen() {
    assertThat(second.counts()).isEqualTo(new RunLog.Counts(3, 2, 1));
  }

  @Test
  void aChangedImageIsScoredAgainInPlace() {
    assertThat(row(second.scores(), "changed.png").<Double>getAs("score"))
        .isNotEqualTo(row(first.scores(), "changed.png").<Double>getAs("score"));
    assertThat(row(second.scores(), "changed.png").<String>getAs("run")).isEqualTo("second");
    assertThat(second.scores()).hasSize(4).doesNotHaveDuplicates();
    assertThat(second.maps()).hasSize(4);
  }

  @Test
  void aNewModificationTimeIsAChange() {
    Row touched = row(second.scores(), "touched.png");

    assertThat(touched.<String>getAs("run")).isEqualTo("second");
    assertThat(touched.<Timestamp>getAs("modified").toInstant())
        .isEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
  }

  @Test
  void aRejectTellsItsReason() {
    Row reject = row(first.rejects(), "bad.png");

    assertThat(reject.<String>getAs("reason")).isEqualTo("unsupported");
    assertThat(reject.<String>getAs("error"))
        .isEqualTo("its content is not a PNG, JPEG or BMP image");
    assertThat(reject.<Integer>getAs("attempts")).isEqualTo(1);
    assertThat(reject.<Long>getAs("length")).isEqualTo("no image".length());
  }

  @Test
  void aRejectIsTriedAgainOnlyWhenItHasChanged() {
    assertThat(row(second.rejects(), "bad.png").<Integer>getAs("attempts")).isEqualTo(1);
    assertThat(row(second.rejects(), "worse.png").<Integer>getAs("attempts")).isEqualTo(2);
  }

  @Test
  void aHealedImageLeavesTheRejects() {
    assertThat(row(first.rejects(), "healed.png")).isNotNull();
    assertThat(second.rejects())
        .extracting(row -> row.<String>getAs("image"))
        .containsExactly(identity("bad.png"), identity("worse.png"));
    assertThat(row(second.scores(), "healed.png")).isNotNull();
  }

  @Test
  void whenNothingChangesThereIsNothingToDo() {
    try (PlanScoring.Work work = scoring(lake, CATEGORY, 4).plan(folder)) {
      assertThat(work.count()).isZero();
      assertThat(work.images().isEmpty()).isTrue();
      assertThat(work.skipped()).isEqualTo(6);
    }
  }

  @Test
  void whatOneModelHasSeenIsNewToAnother() {
    try (PlanScoring.Work work = scoring(lake, "another category", 4).plan(folder)) {
      assertThat(work.images().count()).isEqualTo(6);
    }
  }

  @Test
  void twoRunsAtOnceLeaveEachImageOnce(@TempDir Path shared) throws Exception {
    for (int i = 0; i < 4; i++) {
      copy(i, shared.resolve(i + ".png"));
    }
    Files.writeString(shared.resolve("bad.png"), "no image");
    String category = "scored by two";
    List<SparkSession> sessions =
        List.of(LocalSpark.another(warehouse), LocalSpark.another(warehouse));
    CyclicBarrier start = new CyclicBarrier(sessions.size());
    ExecutorService runs = Executors.newFixedThreadPool(sessions.size());
    try {
      List<Future<?>> done = new ArrayList<>();
      for (SparkSession session : sessions) {
        done.add(
            runs.submit(
                () -> {
                  ArchiveScoring scoring = scoring(Lake.existing(session), category, 10);
                  PlanScoring.Work work = scoring.plan(shared);
                  // Neither starts before both know that there is everything to do.
                  start.await(60, TimeUnit.SECONDS);
                  return scoring.run(work, "run", images -> {});
                }));
      }
      for (Future<?> run : done) {
        run.get(120, TimeUnit.SECONDS);
      }
    } finally {
      runs.shutdownNow();
    }

    assertThat(images(Tables.SCORES, category)).hasSize(4).doesNotHaveDuplicates();
    assertThat(images(Tables.ANOMALY_MAPS, category)).hasSize(4).doesNotHaveDuplicates();
    assertThat(images(Tables.REJECTS, category)).hasSize(1);
  }

  @Test
  void theScoreOfNelson1425IsTheLargestValueOfItsMapAtTheImagesOwnSize(@TempDir Path images)
      throws IOException {
    byte[] noise = new byte[160 * 100 * RgbImage.CHANNELS];
    new Random(1).nextBytes(noise);
    Files.write(images.resolve("wide.png"), PngEncoder.encode(new RgbImage(160, 100, noise)));
    String category = "nelson1425";
    Bundle nelson = UntrainedBundle.of(category, MapVariant.NELSON1425, Architecture.TINY);

    new ArchiveScoring(lake, nelson, ArchiveScoring.PLAN, 4).run(images, "run");

    Row map = rows(Tables.ANOMALY_MAPS, category).get(0);
    int side = map.getAs("width");
    assertThat(side).isEqualTo(24 + 2 * 4).isEqualTo(map.<Integer>getAs("height"));
    float[] resized = BilinearMap.resize(ScoreImages.map(map, side * side), side, side, 100, 160);
    double largest = Double.NEGATIVE_INFINITY;
    for (float value : resized) {
      largest = Math.max(largest, value);
    }
    double picturable = rows(Tables.SCORES, category).get(0).getAs("picturable");
    assertThat(picturable).isCloseTo(largest, within(map.<Float>getAs("scale") / 4096 + 1e-6));
  }

  @Test
  void oneBatchScoresEachCategoryByItsOwnBundle(@TempDir Path line) throws IOException {
    Map<String, Bundle> bundles =
        Map.of(
            "north", UntrainedBundle.of("north"),
            "south", UntrainedBundle.of("south", MapVariant.NELSON1425, Architecture.TINY));
    for (String category : List.of("north", "south")) {
      for (int i = 0; i < 3; i++) {
        copy(i, line.resolve(category + "/" + i + ".png"));
      }
    }
    copy(0, line.resolve("west/0.png"));
    String root = FolderListing.root(new Configuration(), line.toString());

    ScoreArchive.Result result;
    try (PlanScoring.Work work =
        PlanScoring.plan(
            lake,
            ListArchive.list(
                lake,
                root,
                ArchiveScoring.SHARDS,
                ArchiveScoring.PATIENCE,
                ListArchive.Indices.FORGOTTEN,
                PlanScoring.Rejects.LEFT),
            new PlanScoring.Request(
                root,
                CategoryRule.pattern("{category}/*"),
                UntrainedBundle.DATASET,
                UntrainedBundle.METHOD,
                Map.of("north", 1L, "south", 1L),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                PlanScoring.Rejects.LEFT,
                Optional.empty()))) {
      // Room for no model at all: each is closed as soon as no task uses it and another is wanted.
      result =
          new ScoreArchive(
                  lake,
                  category -> new ScoreArchive.Source(bundles.get(category), ArchiveScoring.PLAN),
                  new ScoreArchive.Bounds(DecodeLimits.defaults(), ArchiveScoring.PATIENCE, 100, 1))
              .run(
                  work,
                  new ScoreImages.Stamp(
                      UntrainedBundle.DATASET,
                      UntrainedBundle.METHOD,
                      "run",
                      Timestamp.from(ArchiveScoring.SCORED_AT)),
                  done -> {});
    }

    assertThat(result.categories())
        .isEqualTo(
            Map.of("north", new RunLog.Counts(3, 0, 0), "south", new RunLog.Counts(3, 0, 0)));
    assertThat(rows(Tables.ANOMALY_MAPS, "north"))
        .hasSize(3)
        .allMatch(row -> row.<Integer>getAs("width") == 24);
    assertThat(rows(Tables.ANOMALY_MAPS, "south"))
        .hasSize(3)
        .allMatch(row -> row.<Integer>getAs("width") == 24 + 2 * 4);
  }

  @Test
  void aBundleWithoutStatisticsForTheGraphIsRefused() {
    Bundle other =
        new Bundle(
            bundle.manifest(),
            bundle.onnx(),
            bundle.teacher(),
            bundle.network(),
            bundle.statistics(),
            Map.of("int8", bundle.calibration(ArchiveScoring.PLAN.graph())));
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> new ScoreArchive.Source(other, ArchiveScoring.PLAN))
        .withMessage(
            "Cannot judge by graph winograd with version 1 of category %s: it has no statistics"
                + " for float32, only for int8. Train it again, or choose another graph.",
            CATEGORY);
  }

  private static void assertMap(Row row, float[] expected) {
    float[] map = ScoreImages.map(row, expected.length);
    // Half precision in [0, 1] is off by 2^-12 at most, and the products in float by a little.
    double error = row.<Float>getAs("scale") / 4096 + 1e-6;
    assertThat(row.<Integer>getAs("width") * row.<Integer>getAs("height"))
        .isEqualTo(expected.length);
    for (int i = 0; i < map.length; i++) {
      assertThat((double) map[i]).isCloseTo(expected[i], within(error));
    }
  }

  private static Night night(ScoreArchive.Result result) {
    return new Night(
        result.counts(), rows(Tables.SCORES), rows(Tables.ANOMALY_MAPS), rows(Tables.REJECTS));
  }

  private static ArchiveScoring scoring(Lake into, String category, int batch) {
    Bundle ofCategory = category.equals(CATEGORY) ? bundle : UntrainedBundle.of(category);
    return new ArchiveScoring(into, ofCategory, ArchiveScoring.PLAN, batch);
  }

  private static List<Row> rows(TableDefinition table) {
    return rows(table, CATEGORY);
  }

  private static List<Row> rows(TableDefinition table, String category) {
    return lake.read(table)
        .where(col("category").equalTo(category))
        .orderBy("image")
        .collectAsList();
  }

  private static List<String> images(TableDefinition table, String category) {
    return rows(table, category).stream().map(row -> row.<String>getAs("image")).toList();
  }

  private static Row row(List<Row> rows, String name) {
    return rows.stream()
        .filter(row -> row.<String>getAs("image").equals(identity(name)))
        .findFirst()
        .orElseThrow();
  }

  private static String identity(String name) {
    return FolderListing.of(new Configuration(), folder.toString()).root() + "/" + name;
  }

  private static void copy(int toy, Path file) throws IOException {
    Path image = toys.resolve("black_circle/train/good/%03d.png".formatted(toy));
    Files.createDirectories(file.getParent());
    Files.copy(image, file, StandardCopyOption.REPLACE_EXISTING);
  }
}
