package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ShardBytes;
import dev.puad.jobs.archive.TroubledFileSystem;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.TableDefinition;
import dev.puad.jobs.table.Tables;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nights over a storage that fails and is silent in places, of which all but one is mended. */
@Tag("slow")
class TroubledArchiveTest {

  @TempDir static Path warehouse;
  @TempDir static Path archive;

  private static Lake lake;
  private static String root;
  private static Map<String, String> first;
  private static Map<String, String> second;

  @BeforeAll
  static void scoreForTwoNights() throws IOException {
    lake = Lake.open(LocalSpark.open(warehouse));
    lake.spark().conf().set(TroubledFileSystem.KEY, TroubledFileSystem.class.getName());
    root = TroubledFileSystem.uri(archive).replaceAll("/$", "");
    ArchiveScoring scoring =
        new ArchiveScoring(
            lake, UntrainedBundle.of("troubled"), ArchiveScoring.PLAN, Duration.ofSeconds(3), 100);
    write("fine/0.png", image(0));
    write("failing/1.png", image(1));
    write("failing/" + TroubledFileSystem.FAILS, new byte[0]);
    write("deep/silent/2.png", image(2));
    write("deep/silent/" + TroubledFileSystem.HANGS, new byte[0]);
    for (String shard : new String[] {"hangs.tar.gz", "hangs.zip", "fails.tar"}) {
      write(shard, ShardBytes.of(shard, Map.of("3.png", image(3))));
    }
    write("fails.png", image(4));
    write("later/broken.tar", new byte[] {1, 2, 3});
    first = night(scoring, "first");
    Files.delete(archive.resolve("fails.png"));
    write("later/" + TroubledFileSystem.FAILS, new byte[0]);
    Files.delete(archive.resolve("failing/" + TroubledFileSystem.FAILS));
    Files.delete(archive.resolve("deep/silent/" + TroubledFileSystem.HANGS));
    Files.delete(archive.resolve("hangs.tar.gz"));
    second = night(scoring, "second");
  }

  @Test
  void foldersAndShardsThatCannotBeReadAreRejectedBesideWhatIsScored() {
    assertThat(first)
        .isEqualTo(
            Map.of(
                "fine/0.png", "scored",
                "failing/", "unreadable",
                "deep/silent/", "timeout",
                "hangs.tar.gz", "timeout",
                "hangs.zip", "timeout",
                "fails.tar", "unreadable",
                "fails.png", "unreadable",
                "later/broken.tar", "truncated"));
  }

  @Test
  void theyAreTriedAgainAndLeaveTheRejectsWhenTheirImagesAreFoundOrTheyAreGone() {
    assertThat(second)
        .isEqualTo(
            Map.of(
                "fine/0.png", "scored",
                "failing/1.png", "scored",
                "deep/silent/2.png", "scored",
                "hangs.zip", "timeout",
                "fails.tar", "unreadable",
                "later/", "unreadable",
                "later/broken.tar", "truncated"));
  }

  @Test
  void eachTrialIsCounted() {
    assertThat(lake.read(Tables.REJECTS).where("attempts = 2").collectAsList())
        .extracting(row -> FolderListing.relative(root, row.getAs("image")))
        .containsExactlyInAnyOrder("hangs.zip", "fails.tar");
  }

  @Test
  void shardsThatStorageHeldUpAreNotKnown() {
    assertThat(lake.read(Tables.SHARDS).collectAsList())
        .extracting(row -> FolderListing.relative(root, row.getAs("shard")))
        .containsExactly("later/broken.tar");
  }

  private static Map<String, String> night(ArchiveScoring scoring, String run) {
    try (PlanScoring.Work work = scoring.plan(root, Optional.empty())) {
      scoring.run(work, run, done -> {});
    }
    Map<String, String> outcomes = new TreeMap<>();
    for (TableDefinition table : new TableDefinition[] {Tables.SCORES, Tables.REJECTS}) {
      for (Row row : lake.read(table).collectAsList()) {
        String path = FolderListing.relative(root, row.getAs("image"));
        assertThat(outcomes).doesNotContainKey(path);
        outcomes.put(path, table.equals(Tables.SCORES) ? "scored" : row.getAs("reason"));
      }
    }
    return outcomes;
  }

  private static void write(String name, byte[] content) throws IOException {
    Path file = archive.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private static byte[] image(int shade) {
    byte[] pixels = new byte[32 * 32 * RgbImage.CHANNELS];
    Arrays.fill(pixels, (byte) (shade * 60));
    return PngEncoder.encode(new RgbImage(32, 32, pixels));
  }
}
