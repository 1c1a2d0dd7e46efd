package dev.puad.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardWriterTest {

  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;

  @Test
  void aFileThatIsGoneIsLeftOutAndNamed() throws IOException {
    String there = write("a.png");
    String gone = folder.resolve("b.png").toUri().toString();

    ShardWriter.Packed packed = pack("shard.tar", there, gone);

    assertThat(packed.images()).isEqualTo(1);
    assertThat(packed.leftOut()).containsOnlyKeys(gone);
    assertThat(packed.bytes()).isEqualTo(Files.size(folder.resolve("shard.tar")));
  }

  @Test
  void aFileThatFailsHalfWayDoesNotDamageTheShard() throws IOException {
    String before = write("a.png");
    // Its length is said to be 0, and then it has bytes.
    Path growing = Files.createSymbolicLink(folder.resolve("b.png"), Path.of("/proc/self/stat"));
    String after = write("c.png");

    ShardWriter.Packed packed = pack("shard.tar", before, growing.toUri().toString(), after);

    assertThat(packed.leftOut()).containsOnlyKeys(growing.toUri().toString());
    assertThat(packed.leftOut()).containsValue("it became longer while it was read");
    ShardIndex index =
        ShardIndex.read(
            HADOOP,
            new ImageFile(folder.resolve("shard.tar").toUri().toString(), 1, packed.bytes()),
            new ShardLimits(10, 10),
            () -> {});
    assertThat(index.problem()).isEmpty();
    assertThat(index.entries()).extracting(ShardEntry::path).containsExactly("a.png", "c.png");
  }

  @Test
  void thereIsNoShardWithoutAnyImage() throws IOException {
    ShardWriter.Packed packed = pack("shard.tar", folder.resolve("b.png").toUri().toString());

    assertThat(packed.images()).isZero();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aShardThatCannotBeWrittenIsAnError() throws IOException {
    String file = write("a.png");
    Files.createFile(folder.resolve("no folder"));

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> pack("no folder/shard.tar", file));
  }

  @Test
  void aShardIsNeverLargerThanItsFilesWereSaidToTake() throws IOException {
    String name = "n".repeat(200) + ".png";

    ShardWriter.Packed packed = pack("shard.tar", write(name));

    assertThat(packed.bytes())
        .isLessThanOrEqualTo(
            ShardWriter.frame() + ShardWriter.bytes(name, Files.size(folder.resolve(name))));
  }

  private String write(String name) throws IOException {
    return Files.write(folder.resolve(name), new byte[700]).toUri().toString();
  }

  private ShardWriter.Packed pack(String shard, String... files) throws IOException {
    return ShardWriter.write(
        HADOOP,
        FolderListing.root(HADOOP, folder.toString()),
        List.of(files),
        new org.apache.hadoop.fs.Path(folder.resolve(shard).toUri()),
        ".unfinished",
        done -> {});
  }
}
