package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ShardBytes;
import dev.puad.jobs.archive.ShardLimits;
import dev.puad.jobs.table.Lake;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards of which {@code puad.shards} knows that something is wrong. */
class ListArchiveTest {

  @TempDir static Path warehouse;

  private static Lake lake;

  @BeforeAll
  static void open() {
    lake = Lake.open(LocalSpark.open(warehouse));
  }

  @Test
  void aShardBeyondALimitIsReadAgainIfRejectsAreRetried(@TempDir Path archive) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : List.of("a.png", "b.png", "c.png")) {
      files.put(name, "four".getBytes(StandardCharsets.UTF_8));
    }
    Files.write(archive.resolve("many.tar"), ShardBytes.of("many.tar", files));

    List<String> limited = list(archive, 2, PlanScoring.Rejects.LEFT);
    List<String> left = list(archive, 1000, PlanScoring.Rejects.LEFT);
    List<String> retried = list(archive, 1000, PlanScoring.Rejects.RETRIED);
    List<String> afterwards = list(archive, 1000, PlanScoring.Rejects.LEFT);

    assertThat(limited).containsExactly("many.tar", "many.tar!/a.png", "many.tar!/b.png");
    assertThat(left).isEqualTo(limited);
    assertThat(retried).containsExactly("many.tar!/a.png", "many.tar!/b.png", "many.tar!/c.png");
    assertThat(afterwards).isEqualTo(retried);
  }

  @Test
  void aShardWithAnEntryBeyondALimitIsReadAgainIfRejectsAreRetried(@TempDir Path archive)
      throws IOException {
    byte[] blank = new byte[70 << 20];
    Files.write(
        archive.resolve("blank.zip"), ShardBytes.of("blank.zip", Map.of("blank.png", blank)));

    String few = reasons(archive, 2, PlanScoring.Rejects.LEFT);
    String left = reasons(archive, 1_000_000, PlanScoring.Rejects.LEFT);
    String retried = reasons(archive, 1_000_000, PlanScoring.Rejects.RETRIED);

    assertThat(few).isEqualTo("[too_large]");
    assertThat(left).isEqualTo("[too_large]");
    assertThat(retried).isEqualTo("[null]");
  }

  private static List<String> list(Path archive, int maxEntries, PlanScoring.Rejects rejects) {
    String root = FolderListing.root(new Configuration(), archive.toString());
    return listing(root, new ShardLimits(maxEntries, 100), rejects)
        .images()
        .collectAsList()
        .stream()
        .map(row -> FolderListing.relative(root, row.getAs("image")))
        .sorted()
        .toList();
  }

  private static String reasons(Path archive, int maxRatio, PlanScoring.Rejects rejects) {
    String root = FolderListing.root(new Configuration(), archive.toString());
    return listing(root, new ShardLimits(1000, maxRatio), rejects)
        .images()
        .where(col("image").endsWith("blank.png"))
        .select("reason")
        .collectAsList()
        .get(0)
        .toString();
  }

  private static ListArchive.Listing listing(
      String root, ShardLimits limits, PlanScoring.Rejects rejects) {
    return ListArchive.list(
        lake, root, limits, ArchiveScoring.PATIENCE, ListArchive.Indices.KEPT, rejects);
  }
}
