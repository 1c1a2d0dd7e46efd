package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.archive.CategoryRule;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is to be done in an archive of two lines, of which one night was scored. No image is read.
 */
class PlanScoringTest {

  private static final String DATASET = "planned";
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  @TempDir static Path warehouse;
  @TempDir static Path archive;

  private static Lake lake;
  private static String root;

  @BeforeAll
  static void fillTheArchive() throws IOException {
    lake = Lake.open(LocalSpark.open(warehouse));
    root = FolderListing.root(lake.spark().sessionState().newHadoopConf(), archive.toString());
    write("bottle/1.png", NOON);
    write("bottle/2.png", NOON.plusSeconds(60));
    write("bottle/3.png", NOON.plusSeconds(120));
    write("bottle/bad.png", NOON);
    write("cable/1.png", NOON);
    write("screw/1.png", NOON);
    write("loose.png", NOON);
    write("broken.tar", NOON);
    write("bottle/notes.txt", NOON);
    write("bottle/.hidden/1.png", NOON);
    seen("bottle", 1, "bottle/1.png", NOON);
    seen("bottle", 1, "bottle/2.png", NOON);
    seen("cable", 1, "cable/1.png", NOON);
    lake.merge(
        Tables.REJECTS,
        lake.spark()
            .sql(
                """
                select '%s/bottle/bad.png' image, %s modified, 4L length, '%s' dataset,
                  'bottle' category, 'puad' method, 1L version, 'unreadable' reason, '' error,
                  1 attempts, 'run' run"""
                    .formatted(root, time(NOON), DATASET)));
  }

  @Test
  void whatChangedOrIsNewIsLeftInTheOrderOfCategoriesAndPaths() {
    try (PlanScoring.Work work = plan(Map.of("bottle", 1L, "cable", 1L))) {
      assertThat(paths(work)).containsExactly("bottle/2.png", "bottle/3.png");
      assertThat(work.count()).isEqualTo(2);
    }
  }

  @Test
  void eachCategoryIsCounted() {
    try (PlanScoring.Work work = plan(Map.of("bottle", 1L, "cable", 1L))) {
      assertThat(work.categories())
          .isEqualTo(
              Map.of(
                  "bottle", new PlanScoring.Found(4, 2, 8),
                  "cable", new PlanScoring.Found(1, 1, 0)));
    }
  }

  @Test
  void imagesThatNobodyScoresAreCounted() {
    try (PlanScoring.Work work = plan(Map.of("bottle", 1L, "cable", 1L))) {
      assertThat(work.unmatched()).isEqualTo(2);
      assertThat(work.withoutModel()).isEqualTo(Map.of("screw", 1L));
    }
  }

  @Test
  void filesThatAreNoImagesAreCounted() {
    try (PlanScoring.Work work = plan(Map.of("bottle", 1L))) {
      assertThat(work.others()).isEqualTo(1);
    }
  }

  @Test
  void aShardThatCannotBeReadAndHasNoCategoryIsNamed() {
    try (PlanScoring.Work work = plan(Map.of("bottle", 1L))) {
      assertThat(work.lost().errors())
          .isEqualTo(Map.of(root + "/broken.tar", "the shard ends before its entries do"));
    }
  }

  @Test
  void aNewVersionHasSeenNothing() {
    try (PlanScoring.Work work = plan(Map.of("bottle", 2L, "cable", 1L))) {
      assertThat(paths(work))
          .containsExactly("bottle/1.png", "bottle/2.png", "bottle/3.png", "bottle/bad.png");
    }
  }

  @Test
  void rejectsAreTriedAgainIfAskedFor() {
    try (PlanScoring.Work work =
        plan(
            Map.of("bottle", 1L),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            PlanScoring.Rejects.RETRIED)) {
      assertThat(paths(work)).containsExactly("bottle/2.png", "bottle/3.png", "bottle/bad.png");
    }
  }

  @Test
  void timesBoundWhatIsLeft() {
    try (PlanScoring.Work work =
        plan(
            Map.of("bottle", 2L),
            Optional.of(NOON.plusSeconds(60)),
            Optional.of(NOON.plusSeconds(120)),
            Optional.empty(),
            PlanScoring.Rejects.LEFT)) {
      assertThat(paths(work)).containsExactly("bottle/2.png");
    }
  }

  @Test
  void aLimitTakesTheFirst() {
    try (PlanScoring.Work work =
        plan(
            Map.of("bottle", 2L),
            Optional.empty(),
            Optional.empty(),
            Optional.of(2),
            PlanScoring.Rejects.LEFT)) {
      assertThat(paths(work)).containsExactly("bottle/1.png", "bottle/2.png");
      assertThat(work.count()).isEqualTo(2);
    }
  }

  private static PlanScoring.Work plan(Map<String, Long> versions) {
    return plan(
        versions, Optional.empty(), Optional.empty(), Optional.empty(), PlanScoring.Rejects.LEFT);
  }

  private static PlanScoring.Work plan(
      Map<String, Long> versions,
      Optional<Instant> since,
      Optional<Instant> until,
      Optional<Integer> limit,
      PlanScoring.Rejects rejects) {
    return PlanScoring.plan(
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
            CategoryRule.pattern("{category}/**"),
            DATASET,
            "puad",
            versions,
            since,
            until,
            limit,
            rejects,
            Optional.empty()));
  }

  private static List<String> paths(PlanScoring.Work work) {
    return work.images().collectAsList().stream()
        .map((Row row) -> FolderListing.relative(root, row.getAs("image")))
        .toList();
  }

  private static void write(String path, Instant modified) throws IOException {
    Path file = archive.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "four");
    Files.setLastModifiedTime(file, FileTime.from(modified));
  }

  private static void seen(String category, long version, String path, Instant modified) {
    lake.merge(
        Tables.SCORES,
        lake.spark()
            .sql(
                """
                select '%s/%s' image, %s modified, 4L length, 'hash' content_hash, '%s' dataset,
                  '%s' category, 'puad' method, %dL version, 0d picturable, 0d unpicturable,
                  0d picturable_z, 0d unpicturable_z, 0d score, 1d threshold, false anomalous,
                  1 width, 1 height, %s scored_at, 'run' run"""
                    .formatted(
                        root, path, time(modified), DATASET, category, version, time(modified))));
  }

  private static String time(Instant instant) {
    return "timestamp_millis(%d)".formatted(Timestamp.from(instant).getTime());
  }
}
