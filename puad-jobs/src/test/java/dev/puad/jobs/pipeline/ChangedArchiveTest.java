package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ShardBytes;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.TableDefinition;
import dev.puad.jobs.table.Tables;
import dev.puad.model.Sha256;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nights: one finds shards that are being uploaded, during the next a shard is replaced
 * between its listing and its reading, and all is quiet in the last.
 */
@Tag("slow")
class ChangedArchiveTest {

  private static final List<String> UPLOADED = List.of("up.tar", "up.tar.gz", "up.zip");

  @TempDir static Path warehouse;
  @TempDir static Path archive;

  private static Lake lake;
  private static String root;
  private static ArchiveScoring scoring;
  private static Map<String, String> first;
  private static Map<String, String> second;
  private static Map<String, String> third;

  @BeforeAll
  static void scoreForThreeNights() throws IOException {
    lake = Lake.open(LocalSpark.open(warehouse));
    root = FolderListing.root(new Configuration(), archive.toString());
    scoring = new ArchiveScoring(lake, UntrainedBundle.of("changed"), ArchiveScoring.PLAN, 100);
    for (String shard : UPLOADED) {
      byte[] whole = ShardBytes.of(shard, files(1, 2));
      write(shard, Arrays.copyOf(whole, whole.length / 2), 1);
    }
    write("worse.bmp", image(3), 1);
    first = night("first", () -> {});
    for (String shard : UPLOADED) {
      write(shard, ShardBytes.of(shard, files(1, 2)), 2);
    }
    write("worse.bmp", Arrays.copyOf(image(3), 1000), 2);
    for (String shard : List.of("replaced.tar", "replaced.zip")) {
      write(shard, ShardBytes.of(shard, files(4, 5)), 2);
    }
    second =
        night(
            "second",
            () -> {
              for (String shard : List.of("replaced.tar", "replaced.zip")) {
                write(shard, ShardBytes.of(shard, files(5, 4)), 3);
              }
            });
    third = night("third", () -> {});
  }

  /** Something that happens between listing and reading. */
  private interface Meanwhile {
    void happens() throws IOException;
  }

  @Test
  void ofAShardThatIsBeingUploadedTheRestIsRejected() {
    assertThat(first.values()).contains("truncated");
    assertThat(first).containsEntry("worse.bmp", hash(3));
  }

  @Test
  void whenItIsWholeAllOfItIsScored() {
    for (String shard : UPLOADED) {
      assertThat(second)
          .containsEntry(shard + "!/a.bmp", hash(1))
          .containsEntry(shard + "!/b.bmp", hash(2))
          .doesNotContainKey(shard);
    }
  }

  @Test
  void whatWasReplacedSinceItsListingIsNotTakenForWhatWasListed() {
    for (String shard : List.of("replaced.tar", "replaced.zip")) {
      assertThat(second)
          .containsEntry(shard + "!/a.bmp", "unreadable")
          .containsEntry(shard + "!/b.bmp", "unreadable");
      assertThat(third)
          .containsEntry(shard + "!/a.bmp", hash(5))
          .containsEntry(shard + "!/b.bmp", hash(4));
    }
  }

  @Test
  void aScoredImageThatIsDamagedKeepsNeitherScoreNorMap() {
    assertThat(second).containsEntry("worse.bmp", "truncated");
    assertThat(
            lake.read(Tables.ANOMALY_MAPS)
                .where("image = '%s/worse.bmp'".formatted(root))
                .isEmpty())
        .isTrue();
  }

  @Test
  void inTheEndEveryImageHasAMapAndOnlyTheDamagedOneIsRejected() {
    assertThat(lake.read(Tables.ANOMALY_MAPS).count()).isEqualTo(third.size() - 1L);
    assertThat(lake.read(Tables.REJECTS).count()).isEqualTo(1);
  }

  /** The hash of each image that is scored, and the reason of each that is not. */
  private static Map<String, String> night(String run, Meanwhile meanwhile) throws IOException {
    try (PlanScoring.Work work = scoring.plan(root, Optional.empty())) {
      meanwhile.happens();
      scoring.run(work, run, done -> {});
    }
    Map<String, String> outcomes = new TreeMap<>();
    for (TableDefinition table : List.of(Tables.SCORES, Tables.REJECTS)) {
      for (Row row : lake.read(table).collectAsList()) {
        String path = FolderListing.relative(root, row.getAs("image"));
        assertThat(outcomes).doesNotContainKey(path);
        outcomes.put(path, row.getAs(table.equals(Tables.SCORES) ? "content_hash" : "reason"));
      }
    }
    return outcomes;
  }

  private static void write(String name, byte[] content, int day) throws IOException {
    Path file = Files.write(archive.resolve(name), content);
    Files.setLastModifiedTime(
        file, FileTime.from(Instant.parse("2026-11-0%dT12:00:00Z".formatted(day))));
  }

  private static Map<String, byte[]> files(int a, int b) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("a.bmp", image(a));
    files.put("b.bmp", image(b));
    return files;
  }

  private static String hash(int colour) {
    try {
      return Sha256.of(image(colour));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of a single colour, and always as long. */
  private static byte[] image(int colour) throws IOException {
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 32 * 32; i++) {
      image.setRGB(i % 32, i / 32, colour * 0x102030);
    }
    ByteArrayOutputStream bmp = new ByteArrayOutputStream();
    ImageIO.write(image, "bmp", bmp);
    return bmp.toByteArray();
  }
}
