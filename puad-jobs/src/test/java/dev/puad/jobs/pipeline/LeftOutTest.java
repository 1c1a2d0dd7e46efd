package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.archive.CategoryRule;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ShardBytes;
import dev.puad.jobs.table.Lake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives in which a folder or a shard has come where the pattern does not look. */
class LeftOutTest {

  @TempDir static Path warehouse;

  private static Lake lake;

  @TempDir Path archive;

  @BeforeAll
  static void open() {
    lake = Lake.open(LocalSpark.open(warehouse));
  }

  @Test
  void anotherLineIsNamedByItsFirstFoldersWithThePatternThatFitsBoth() throws IOException {
    images("2026-11-29/line1/cup", 2);
    images("2026-11-30/line1/lid", 1);
    images("2026-11-30/line2/cup", 3);

    LeftOut leftOut = leftOut("*/line1/{category}/**");

    assertThat(leftOut.images()).isEqualTo(3);
    assertThat(leftOut.found()).isEqualTo(6);
    assertThat(leftOut.places()).containsExactly(entry("2026-11-30/line2", 3L));
    assertThat(leftOut.fitting()).contains(new FittingPattern("*/*/{category}/**", 3));
  }

  @Test
  void aShardBesideDateFoldersIsNamedAndFitsByTheFolderAboveTheImages() throws IOException {
    images("2026-11-30/line1/cup", 1);
    shard("2026-12-01.tar", "night/a/line1/cup/1.png", "night/a/line1/cup/2.png");

    LeftOut leftOut = leftOut("*/line1/{category}/**");

    assertThat(leftOut.places()).containsExactly(entry("2026-12-01.tar/night", 2L));
    assertThat(leftOut.fitting()).contains(new FittingPattern("**/line1/{category}/**", 2));
  }

  @Test
  void aShardThatBecameACategoryOfItsOwnIsLeftOut() throws IOException {
    images("2026-11-30/line1/cup", 1);
    shard("2026-11-30/line1/loose.tar", "cup/1.png", "cup/2.png");

    LeftOut leftOut = leftOut("*/line1/{category}/**");

    assertThat(leftOut.images()).isEqualTo(2);
    assertThat(leftOut.places()).containsExactly(entry("2026-11-30/line1", 2L));
    assertThat(leftOut.fitting()).contains(new FittingPattern("**/{category}/*", 2));
  }

  @Test
  void theLargestPlacesComeFirst() throws IOException {
    images("line1/cup", 1);
    images("spare", 1);
    images("trash/cup/old", 3);
    images("", 2);

    assertThat(List.copyOf(leftOut("line1/{category}/**").places().entrySet()))
        .containsExactly(entry("trash/cup", 3L), entry(".", 2L), entry("spare", 1L));
  }

  @Test
  void noPatternIsSuggestedThatWouldMoveAnImageToAnotherCategory() throws IOException {
    images("cup/lid", 1);
    images("other/lid", 1);

    LeftOut leftOut = leftOut("{category}/**");

    assertThat(leftOut.images()).isEqualTo(1);
    assertThat(leftOut.fitting()).isEmpty();
  }

  @Test
  void nothingIsLeftOutWhereEveryImageHasAModel() throws IOException {
    images("cup", 2);

    assertThat(leftOut("{category}/**")).isEqualTo(LeftOut.nothing(2));
  }

  /** Of models of cups and lids. */
  private LeftOut leftOut(String pattern) {
    String root =
        FolderListing.root(lake.spark().sessionState().newHadoopConf(), archive.toString());
    PlanScoring.Request request =
        new PlanScoring.Request(
            root,
            CategoryRule.pattern(pattern),
            "left out",
            "puad",
            Map.of("cup", 1L, "lid", 1L),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            PlanScoring.Rejects.LEFT,
            Optional.empty());
    ListArchive.Listing listing =
        ListArchive.list(
            lake,
            root,
            ArchiveScoring.SHARDS,
            ArchiveScoring.PATIENCE,
            ListArchive.Indices.FORGOTTEN,
            PlanScoring.Rejects.LEFT);
    try (PlanScoring.Work work = PlanScoring.plan(lake, listing, request)) {
      return work.leftOut();
    }
  }

  private void images(String folder, int count) throws IOException {
    Path parent = Files.createDirectories(archive.resolve(folder));
    for (int i = 0; i < count; i++) {
      Files.writeString(parent.resolve(i + ".png"), "four");
    }
  }

  private void shard(String path, String... entries) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String entry : entries) {
      files.put(entry, new byte[4]);
    }
    Path shard = archive.resolve(path);
    Files.createDirectories(shard.getParent());
    Files.write(shard, ShardBytes.of("night.tar", files));
  }
}
