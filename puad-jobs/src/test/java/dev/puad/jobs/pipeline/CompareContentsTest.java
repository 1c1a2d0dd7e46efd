package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ShardBytes;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import dev.puad.model.image.DecodeLimits;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An archive of which one image got another time, and one image of each kind other bytes with the
 * time and the length of the old ones.
 */
class CompareContentsTest {

  private static final Instant BEFORE = Instant.parse("2026-11-20T12:00:00Z");
  private static final Instant AFTER = Instant.parse("2026-11-21T12:00:00Z");

  private static final List<String> SHARDS = List.of("s.tar", "s.tar.gz", "s.zip");

  private static final Optional<CompareContents.Reading> READ =
      Optional.of(new CompareContents.Reading(DecodeLimits.defaults(), ArchiveScoring.PATIENCE));

  @TempDir static Path warehouse;
  @TempDir static Path archive;

  private static Lake lake;
  private static String root;
  private static ArchiveScoring scoring;

  /** What is left to do: after the changes by either way, and when the changes are scored. */
  private static List<String> byState;

  private static List<String> byContent;
  private static List<String> byStateLater;

  @BeforeAll
  static void changeAnArchiveAfterItsFirstNight() throws IOException {
    lake = Lake.open(LocalSpark.open(warehouse));
    root = FolderListing.root(new Configuration(), archive.toString());
    scoring = new ArchiveScoring(lake, UntrainedBundle.of("compared"), ArchiveScoring.PLAN, 100);
    write("touched.bmp", image(0), BEFORE);
    write("replaced.bmp", image(1), BEFORE);
    for (String shard : SHARDS) {
      write(shard, ShardBytes.of(shard, Map.of("a.bmp", image(2), "b.bmp", image(3))), BEFORE);
    }
    scoring.run(archive, "first");
    write("touched.bmp", image(0), AFTER);
    write("replaced.bmp", image(4), BEFORE);
    for (String shard : SHARDS) {
      write(shard, ShardBytes.of(shard, Map.of("a.bmp", image(2), "b.bmp", image(5))), AFTER);
    }
    byState = left(Optional.empty());
    byContent = left(READ);
    try (PlanScoring.Work work = scoring.plan(root, READ)) {
      scoring.run(work, "second", done -> {});
    }
    byStateLater = left(Optional.empty());
  }

  @Test
  void timeAndLengthFindWhatWasTouchedAlone() {
    assertThat(byState).containsExactly("touched.bmp");
  }

  @Test
  void bytesFindWhatWasReplacedInFoldersAndShards() {
    assertThat(byContent)
        .containsExactly("replaced.bmp", "s.tar!/b.bmp", "s.tar.gz!/b.bmp", "s.zip!/b.bmp");
  }

  @Test
  void aTouchedImageKeepsItsScoreAndTakesItsNewTime() {
    assertThat(score("touched.bmp").<String>getAs("run")).isEqualTo("first");
    assertThat(score("touched.bmp").<Timestamp>getAs("modified")).isEqualTo(Timestamp.from(AFTER));
  }

  @Test
  void aReplacedImageIsScoredAgain() {
    assertThat(score("s.zip!/b.bmp").<String>getAs("run")).isEqualTo("second");
    assertThat(score("s.zip!/a.bmp").<String>getAs("run")).isEqualTo("first");
  }

  @Test
  void nothingIsLeftForTheNextNight() {
    assertThat(byStateLater).isEmpty();
  }

  private static List<String> left(Optional<CompareContents.Reading> contents) {
    try (PlanScoring.Work work = scoring.plan(root, contents)) {
      return work.images().collectAsList().stream()
          .map((Row row) -> FolderListing.relative(root, row.getAs("image")))
          .sorted()
          .toList();
    }
  }

  private static Row score(String path) {
    return lake.read(Tables.SCORES).where("image = '%s/%s'".formatted(root, path)).first();
  }

  private static void write(String name, byte[] content, Instant modified) throws IOException {
    Path file = Files.write(archive.resolve(name), content);
    Files.setLastModifiedTime(file, FileTime.from(modified));
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
