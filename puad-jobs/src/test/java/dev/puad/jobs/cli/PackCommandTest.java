package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.jobs.archive.ShardContents;
import dev.puad.jobs.archive.ShardEntry;
import dev.puad.jobs.archive.ShardIndex;
import dev.puad.jobs.archive.ShardLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackCommandTest {

  private static final Configuration HADOOP = new Configuration();
  private static final ShardLimits LIMITS = new ShardLimits(1000, 100);
  private static final Instant MODIFIED = Instant.parse("2026-11-03T10:00:00.123Z");
  private static final String LONG = "a-long-folder-name/".repeat(12) + "image.png";

  @TempDir Path temporary;

  private Path images;
  private Path out;

  @BeforeEach
  void name() {
    images = temporary.resolve("images of a line");
    out = temporary.resolve("shards");
  }

  @Test
  void everyEntryHasItsFilesBytesPathAndTime() throws IOException {
    writeImages("b.png", "a/z 1%.jpg", "a/ä瓶🍾.png", "c:d.bmp", "empty.png", LONG);
    Files.write(images.resolve("empty.png"), new byte[0]);
    Files.setLastModifiedTime(images.resolve("b.png"), FileTime.from(MODIFIED));
    Files.setLastModifiedTime(images.resolve("c:d.bmp"), FileTime.fromMillis(1_000_000_000_000L));

    pack().done();

    Map<String, byte[]> packed = new TreeMap<>();
    try (TarArchiveInputStream tar = tar(out.resolve("shard-00000.tar"))) {
      for (TarArchiveEntry entry = tar.getNextTarEntry();
          entry != null;
          entry = tar.getNextTarEntry()) {
        packed.put(entry.getName(), tar.readAllBytes());
        assertThat(entry.getLastModifiedTime().toMillis())
            .as(entry.getName())
            .isEqualTo(Files.getLastModifiedTime(images.resolve(entry.getName())).toMillis());
        assertThat(entry.getUserName()).isEmpty();
      }
    }
    assertThat(packed).hasSize(6);
    packed.forEach((path, bytes) -> assertThat(images.resolve(path)).hasBinaryContent(bytes));
  }

  @Test
  void theIndexOfAShardTellsTheFilesOfTheFolder() throws IOException {
    writeImages("b.png", "a/z 1%.jpg", "a/ä瓶🍾.png", "c:d.bmp", LONG);

    pack().done();

    FolderListing listing = FolderListing.of(HADOOP, images.toString());
    List<ShardEntry> entries = entries(out.resolve("shard-00000.tar"));
    assertThat(entries)
        .extracting(ShardEntry::path, ShardEntry::modified, ShardEntry::length)
        .containsExactlyInAnyOrderElementsOf(
            listing.images().stream()
                .map(file -> tuple(listing.relative(file), file.modified(), file.length()))
                .toList());
    String shard = out.resolve("shard-00000.tar").toUri().toString();
    for (ShardEntry entry : entries) {
      assertThat(
              ShardContents.read(
                  HADOOP,
                  shard,
                  entry.coding(),
                  entry.offset(),
                  entry.stored(),
                  (int) entry.length()))
          .isEqualTo(Files.readAllBytes(images.resolve(entry.path())));
    }
  }

  @Test
  void anyTarReadsAShard() throws Exception {
    Path tar = Path.of("/bin/tar");
    assumeTrue(Files.isExecutable(tar), "skipped: no tar");
    writeImages("b.png", "a/z 1%.jpg", "a/ä.png", LONG);
    Files.setLastModifiedTime(images.resolve("b.png"), FileTime.from(MODIFIED));
    pack().done();
    Path unpacked = Files.createDirectory(temporary.resolve("unpacked"));

    Process process =
        new ProcessBuilder(
                tar.toString(),
                "-xf",
                out.resolve("shard-00000.tar").toString(),
                "-C",
                unpacked.toString())
            .inheritIO()
            .start();

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(contents(unpacked)).usingRecursiveComparison().isEqualTo(contents(images));
    assertThat(Files.getLastModifiedTime(unpacked.resolve("b.png")).toInstant())
        .isEqualTo(MODIFIED);
  }

  @Test
  void imagesAreInTheOrderOfTheirPathsOverAllShards() throws IOException {
    writeImages("c/1.png", "b.png", "a/2.png", "a/10.png", "d.png", "a.png", "Z.png");

    pack("--shard-images", "3").done();

    assertThat(shards()).hasSize(3);
    List<String> paths = new ArrayList<>();
    for (Path shard : shards()) {
      entries(shard).forEach(entry -> paths.add(entry.path()));
    }
    assertThat(paths)
        .containsExactly("Z.png", "a.png", "a/10.png", "a/2.png", "b.png", "c/1.png", "d.png");
  }

  @Test
  void noShardIsLargerThanAllowedUnlessItHasOneImage() throws IOException {
    for (int i = 0; i < 20; i++) {
      write("image-%02d.png".formatted(i), 10_000 + 1000 * i);
    }
    write("image-99.png", 200_000);

    Ran ran = pack("--shard-bytes", "64KiB", "--json").done();

    assertThat(ran.json().path("images").asInt()).isEqualTo(21);
    assertThat(ran.json().path("shards").asInt()).isEqualTo(shards().size()).isGreaterThan(5);
    long bytes = 0;
    for (Path shard : shards()) {
      bytes += Files.size(shard);
      assertThat(Files.size(shard) <= 65536 || entries(shard).size() == 1).as("%s", shard).isTrue();
    }
    assertThat(ran.json().path("bytes").asLong()).isEqualTo(bytes);
  }

  @Test
  void theSameFolderGivesTheSameBytes() throws IOException {
    writeImages("b.png", "a/1.png", "a/ä.png", LONG, "c.png");
    pack("--shard-images", "2").done();
    Map<String, byte[]> first = contents(out);
    Path again = temporary.resolve("again");

    String user = System.setProperty("user.name", "somebody else");
    try {
      Ran.puad(
              "pack",
              "--images",
              images.toString(),
              "--out",
              again.toString(),
              "--shard-images",
              "2",
              "--master",
              "local[2]")
          .done();
    } finally {
      System.setProperty("user.name", user);
    }

    assertThat(contents(again)).usingRecursiveComparison().isEqualTo(first);
  }

  @Test
  void theFolderStaysAsItWas() throws IOException {
    writeImages("b.png", "a/1.png");
    Map<String, byte[]> before = contents(images);

    pack().done();

    assertThat(contents(images)).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void theResultSaysHowManyImagesThereAreInHowManyShards() throws IOException {
    writeImages("b.png", "a/1.png");

    Ran ran = pack().done();

    assertThat(ran.out())
        .isEqualTo(
            "2 images in 1 shards, %d bytes\n"
                .formatted(Files.size(out.resolve("shard-00000.tar"))));
  }

  @Test
  void filesThatAreNoImagesAreCountedAndHiddenOnesPassedOver() throws IOException {
    writeImages("b.png", "notes.txt", "old.tar", ".hidden.png", ".cache/c.png");

    Ran ran = pack("--json").done();

    assertThat(ran.json().path("images").asInt()).isEqualTo(1);
    assertThat(ran.json().path("others").asInt()).isEqualTo(2);
    assertThat(ran.err()).contains("puad: 2 other files are not packed\n");
    assertThat(entries(out.resolve("shard-00000.tar")))
        .extracting(ShardEntry::path)
        .containsExactly("b.png");
  }

  @Test
  void anImageThatCannotBeReadIsNamedAndTheOthersArePacked() throws IOException {
    writeImages("a.png", "c.png");
    // Its length is said to be 0, and then it has bytes.
    Files.createSymbolicLink(images.resolve("b.png"), Path.of("/proc/self/stat"));

    Ran ran = pack("--json");

    assertThat(ran.code()).isEqualTo(ExitCode.TOO_MANY_REJECTS);
    assertThat(ran.err())
        .contains("b.png is not packed: it became longer while it was read\n")
        .endsWith("puad: 1 images could not be read and are in no shard\n");
    assertThat(ran.json().path("images").asInt()).isEqualTo(2);
    assertThat(ran.json().path("leftOut")).hasSize(1);
    assertThat(entries(out.resolve("shard-00000.tar")))
        .extracting(ShardEntry::path)
        .containsExactly("a.png", "c.png");
  }

  @Test
  void nothingUnfinishedIsLeft() throws IOException {
    writeImages("a.png", "b.png");

    pack().done();

    assertThat(contents(out)).containsOnlyKeys("shard-00000.tar");
  }

  @Test
  void aFolderThatHasShardsIsRefused() throws IOException {
    writeImages("a.png");
    pack().done();
    Map<String, byte[]> before = contents(out);

    pack()
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot pack into %s: it has shards already, such as shard-00000.tar. Remove them, or choose another folder with --out."
                .formatted(out));
    assertThat(contents(out)).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void aFolderInsideThatOfTheImagesIsRefusedAndNotCreated() throws IOException {
    writeImages("a.png");
    Path link = Files.createSymbolicLink(temporary.resolve("link"), images);
    out = link.resolve("packed/here");

    pack()
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot pack into %s: it is inside %s. Choose a folder outside it with --out."
                .formatted(out, images));
    assertThat(images.resolve("packed")).doesNotExist();
  }

  @Test
  void aFolderWithoutImagesIsRefused() throws IOException {
    writeImages("notes.txt");

    pack()
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot pack %s: it has no images (png, jpg, jpeg, bmp). Correct the path."
                .formatted(images));
    assertThat(out).doesNotExist();
  }

  @Test
  void aMissingFolderIsNamed() {
    pack()
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot read %s: there is no such folder. Correct the path.".formatted(images));
  }

  @Test
  void bytesThatAreNoNumberAreRefused() {
    pack("--shard-bytes", "lots")
        .assertMistake(
            ExitCode.USAGE,
            "Cannot set puad.pack.shard-bytes to lots, the value must be a number of bytes, for example 256MB.");
  }

  @Test
  void moreImagesThanScoringReadsAreRefused() {
    pack("--shard-images", "11", "-Darchive.max-entries=10")
        .assertMistake(
            ExitCode.USAGE,
            "Cannot set puad.pack.shard-images to 11, the value must be at most archive.max-entries, 10, or scoring rejects the shards.");
  }

  private Ran pack(String... options) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "pack",
                "--images",
                images.toString(),
                "--out",
                out.toString(),
                "--master",
                "local[2]"));
    line.addAll(List.of(options));
    return Ran.puad(line.toArray(String[]::new));
  }

  private void writeImages(String... names) throws IOException {
    for (String name : names) {
      write(name, 1000 + 37 * name.length());
    }
  }

  /** Bytes of its own for each name; packing does not look at them. */
  private void write(String name, int length) throws IOException {
    byte[] bytes = new byte[length];
    new Random(name.hashCode()).nextBytes(bytes);
    Path file = images.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private List<Path> shards() throws IOException {
    try (Stream<Path> files = Files.list(out)) {
      return files.sorted().toList();
    }
  }

  private static List<ShardEntry> entries(Path shard) throws IOException {
    ShardIndex index =
        ShardIndex.read(
            HADOOP,
            new ImageFile(shard.toUri().toString(), 1, Files.size(shard)),
            LIMITS,
            () -> {});
    assertThat(index.problem()).isEmpty();
    return index.entries();
  }

  private static TarArchiveInputStream tar(Path shard) throws IOException {
    InputStream in = Files.newInputStream(shard);
    return new TarArchiveInputStream(in, "UTF-8");
  }

  /** Every file below a folder, by its path. */
  private static Map<String, byte[]> contents(Path folder) throws IOException {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        contents.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return contents;
  }
}
