package dev.puad.jobs.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.image.RejectReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TimeZone;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shards as programs write them; what nobody should write is in {@link HostileShardTest}. */
class ShardIndexTest {

  private static final Configuration HADOOP = new Configuration();

  private static final ShardLimits LIMITS = new ShardLimits(1000, 100);

  private static final Instant SHARD_MODIFIED = Instant.parse("2026-11-03T10:00:00.123Z");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"a.tar", "a.tar.gz", "a.tgz", "a.tar.xz", "a.txz", "a.zip", "A.TAR.GZ", "A.Zip"})
  void everyFormatGivesItsEntriesInOrderWithTheirVeryBytes(String name) throws IOException {
    Map<String, byte[]> images = images("one.png", "deep/er/two.jpg", "three.BMP", "four.jpeg");

    ImageFile shard = write(name, ShardBytes.of(name, images));

    ShardIndex index = index(shard);
    assertThat(index.problem()).isEmpty();
    assertThat(paths(index)).isEqualTo(List.copyOf(images.keySet()));
    assertHolds(shard, index, images);
    assertThat(index.entries())
        .allSatisfy(
            entry -> {
              assertThat(entry.modified()).isEqualTo(ShardBytes.MODIFIED.toEpochMilli());
              assertThat(entry.problem()).isEmpty();
            });
  }

  @ParameterizedTest
  @CsvSource({
    "a.tar,true", "a.TAR,true", "a.tgz,true", "a.tar.gz,true", "a.tar.xz,true", "a.txz,true",
    "a.zip,true", "a.gz,false", "a.xz,false", "tar,false", "a.tar.bz2,false", "a.png,false",
    "a.zip.png,false"
  })
  void aShardIsToldByItsName(String name, boolean shard) {
    assertThat(ShardIndex.isShard(name)).isEqualTo(shard);
  }

  @Test
  void severalGzipMembersAreOneShard() throws IOException {
    Map<String, byte[]> images = images("one.png", "two.png");
    byte[] tar = ShardBytes.tar(images);
    int cut = tar.length / 3;

    ImageFile shard =
        write(
            "a.tar.gz",
            ShardBytes.joined(
                ShardBytes.gzip(Arrays.copyOf(tar, cut)),
                ShardBytes.gzip(Arrays.copyOfRange(tar, cut, tar.length))));

    assertThat(index(shard).problem()).isEmpty();
    assertHolds(shard, index(shard), images);
  }

  @ParameterizedTest
  @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
  void longNamesOfTarsAreWhole(int mode) throws IOException {
    String name = "folder ü/".repeat(40) + "x.png";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
      tar.setLongFileMode(mode);
      putTar(tar, name, ShardBytes.MODIFIED, "x".getBytes(UTF_8));
      putTar(tar, "y.png", ShardBytes.MODIFIED, "yy".getBytes(UTF_8));
    }

    ImageFile shard = write("a.tar", out.toByteArray());

    assertThat(paths(index(shard))).containsExactly(name, "y.png");
    assertHolds(
        shard, index(shard), Map.of(name, "x".getBytes(UTF_8), "y.png", "yy".getBytes(UTF_8)));
  }

  @Test
  void longNamesOfUstarHaveAPrefix() throws IOException {
    byte[] header = ShardBytes.header("x.png", '0', 0, 1);
    System.arraycopy("a/prefix".getBytes(UTF_8), 0, header, 345, 8);

    ImageFile shard = write("a.tar", ShardBytes.joined(ShardBytes.checked(header), end()));

    assertThat(paths(index(shard))).containsExactly("a/prefix/x.png");
  }

  @Test
  void paxTellsTimesInFractionsOfASecond() throws IOException {
    ImageFile shard =
        write(
            "a.tar",
            ShardBytes.joined(
                ShardBytes.entry("pax", 'x', ShardBytes.pax("mtime", "1793000000.25")),
                ShardBytes.entry("x.png", '0', bytes("x")),
                end()));

    assertThat(index(shard).entries().get(0).modified()).isEqualTo(1_793_000_000_250L);
  }

  @Test
  void aGlobalPaxHeaderHoldsForAllThatFollow() throws IOException {
    ImageFile shard =
        write(
            "a.tar",
            ShardBytes.joined(
                ShardBytes.entry("pax", 'g', ShardBytes.pax("mtime", "1793000000.5")),
                ShardBytes.entry("x.png", '0', bytes("x")),
                ShardBytes.entry("y.png", '0', bytes("y")),
                end()));

    assertThat(index(shard).entries())
        .extracting(ShardEntry::modified)
        .containsExactly(1_793_000_000_500L, 1_793_000_000_500L);
  }

  /** Many programs write zero for no time; some write what no calendar has. */
  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE, Long.MAX_VALUE / 1000, 253_402_300_800L})
  void anEntryWithoutATimeHasTheShards(long seconds) throws IOException {
    ImageFile shard =
        write("a.tar", ShardBytes.joined(ShardBytes.header("x.png", '0', 0, seconds), end()));

    assertThat(index(shard).entries())
        .extracting(ShardEntry::modified)
        .containsExactly(SHARD_MODIFIED.toEpochMilli());
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTC", "America/Los_Angeles", "Pacific/Auckland"})
  void aWallClocksTimeInAZipIsTheSameEverywhere(String zone) throws IOException {
    ZipEntry entry = new ZipEntry("x.png");
    entry.setTimeLocal(LocalDateTime.parse("2026-10-31T23:45:12"));
    TimeZone before = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone(zone));

      ImageFile shard = write("a.zip", zipped(entry));

      assertThat(Instant.ofEpochMilli(index(shard).entries().get(0).modified()))
          .isEqualTo(ShardBytes.MODIFIED);
    } finally {
      TimeZone.setDefault(before);
    }
  }

  /** The first that a zip can tell, which programs write that know none, and all zeros. */
  @ParameterizedTest
  @ValueSource(ints = {0x00210000, 0})
  void aZipsEntryWithoutATimeHasTheShards(int dosTime) throws IOException {
    ZipEntry entry = new ZipEntry("x.png");
    entry.setTimeLocal(LocalDateTime.parse("2026-10-31T23:45:12"));
    byte[] zip = zipped(entry);
    int directory = directory(zip);
    for (int i = 0; i < Integer.BYTES; i++) {
      zip[directory + 12 + i] = (byte) (dosTime >>> (Byte.SIZE * i));
    }

    assertThat(index(write("a.zip", zip)).entries())
        .extracting(ShardEntry::modified)
        .containsExactly(SHARD_MODIFIED.toEpochMilli());
  }

  @Test
  void zipsMayStoreDeflateAndDescribeLater() throws IOException {
    byte[] stored = bytes("stored");
    byte[] deflated = new byte[5000];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      ZipEntry first = new ZipEntry("stored.png");
      CRC32 sum = new CRC32();
      sum.update(stored);
      first.setMethod(ZipEntry.STORED);
      first.setSize(stored.length);
      first.setCrc(sum.getValue());
      zip.putNextEntry(first);
      zip.write(stored);
      // Without a size, it follows the content.
      zip.putNextEntry(new ZipEntry("deflated.png"));
      zip.write(deflated);
    }

    ImageFile shard = write("a.zip", out.toByteArray());

    assertThat(index(shard).entries())
        .extracting(ShardEntry::coding)
        .containsExactly(Coding.STORED, Coding.DEFLATED);
    assertHolds(shard, index(shard), Map.of("stored.png", stored, "deflated.png", deflated));
  }

  @Test
  void zip64IsReadAsWell() throws IOException {
    Path file = folder.resolve("a.zip");
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(file)) {
      zip.setUseZip64(Zip64Mode.Always);
      zip.putArchiveEntry(new ZipArchiveEntry("x.png"));
      zip.write(bytes("x in zip64"));
      zip.closeArchiveEntry();
    }

    ImageFile shard = listed(file);

    assertThat(index(shard).problem()).isEmpty();
    assertHolds(shard, index(shard), Map.of("x.png", bytes("x in zip64")));
  }

  @Test
  void aZipMayHaveACommentAndSomethingBeforeIt() throws IOException {
    Path file = folder.resolve("plain.zip");
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(file)) {
      zip.setComment("a comment of some length, ".repeat(1000));
      zip.putArchiveEntry(new ZipArchiveEntry("x.png"));
      zip.write(bytes("x"));
      zip.closeArchiveEntry();
    }

    ImageFile shard =
        write(
            "a.zip", ShardBytes.joined(bytes("a program that unpacks"), Files.readAllBytes(file)));

    assertThat(index(shard).problem()).isEmpty();
    assertHolds(shard, index(shard), Map.of("x.png", bytes("x")));
  }

  @ParameterizedTest
  @CsvSource({
    "plain.png,plain.png",
    "two words.png,two%20words.png",
    "#1.png,%231.png",
    "100%.png,100%25.png",
    "a%20b.png,a%2520b.png",
    "what?.png,what%3F.png",
    "a:b.png,a:b.png",
    "c:/d.png,c:/d.png",
    "no!/shard.png,no%21/shard.png",
    "Flasche ä 瓶.png,Flasche%20ä%20瓶.png",
    "[x].png,%5Bx%5D.png",
    "./a.png,a.png",
    "././b/./a.png,b/a.png",
    "b//a.png,b/a.png"
  })
  void anIdentityIsTheShardsAndThePathPercentEncoded(String path, String encoded)
      throws IOException {
    for (String name : List.of("a shard.tar", "a shard.zip")) {
      ImageFile shard = write(name, ShardBytes.of(name, images(path)));

      ShardIndex index = index(shard);
      String identity = ShardIndex.identity(shard.image(), paths(index).get(0));

      assertThat(identity).isEqualTo(shard.image() + "!/" + encoded);
      assertThat(shard.image()).contains("a%20shard.");
      assertThat(FolderListing.relative(listed(folder).image(), identity))
          .isEqualTo(name + "!/" + paths(index).get(0));
      assertThat(FolderListing.relative(shard.image(), identity)).isEqualTo(paths(index).get(0));
      assertThat(URI.create(identity).getRawPath()).doesNotContain(" ");
    }
  }

  @Test
  void namesOfAnUnknownEncodingStayApart() throws IOException {
    // ä, ö and ü in Latin-1, and ä in UTF-8 without a word of it.
    List<String> names = List.of("\u00e4.png", "\u00f6.png", "\u00fc.png");
    byte[] utf8 = "\u00e4 too.png".getBytes(UTF_8);
    ImageFile shard =
        write(
            "a.tar",
            ShardBytes.joined(
                ShardBytes.entry(names.get(0), '0', bytes("1")),
                ShardBytes.entry(names.get(1), '0', bytes("2")),
                ShardBytes.entry(names.get(2), '0', bytes("3")),
                ShardBytes.entry(new String(utf8, ISO_8859_1), '0', bytes("4")),
                end()));

    assertThat(paths(index(shard)))
        .containsExactly(names.get(0), names.get(1), names.get(2), "\u00e4 too.png");
  }

  @Test
  void namesOfAZipThatDoesNotSayTheirEncodingStayApart() throws IOException {
    Path file = folder.resolve("a.zip");
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(file)) {
      zip.setEncoding("IBM437");
      zip.setUseLanguageEncodingFlag(false);
      for (String name : List.of("\u00e4.png", "\u00f6.png")) {
        zip.putArchiveEntry(new ZipArchiveEntry(name));
        zip.write(bytes(name));
        zip.closeArchiveEntry();
      }
    }

    assertThat(paths(index(listed(file)))).hasSize(2).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tar.gz", "a.zip"})
  void hiddenFilesAndWhatIsNoImageAreLeftOut(String name) throws IOException {
    ImageFile shard =
        write(
            name,
            ShardBytes.of(
                name,
                images(
                    ".hidden.png",
                    "._a.png",
                    "__MACOSX/._a.png",
                    ".folder/a.png",
                    "b/.folder/a.png",
                    "readme.txt",
                    "png",
                    "tiff.txt",
                    "a.d/a.png")));

    assertThat(paths(index(shard))).containsExactly("a.d/a.png");
    assertThat(index(shard).problem()).isEmpty();
  }

  @Test
  void ofTwoEntriesWithOnePathTheLaterOneCounts() throws IOException {
    ImageFile shard =
        write(
            "a.tar",
            ShardBytes.joined(
                ShardBytes.entry("x.png", '0', bytes("old")),
                ShardBytes.entry("y.png", '0', bytes("y")),
                ShardBytes.entry("./x.png", '0', bytes("new one")),
                end()));

    assertThat(paths(index(shard))).containsExactly("y.png", "x.png");
    assertHolds(shard, index(shard), Map.of("x.png", bytes("new one"), "y.png", bytes("y")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tar.gz", "a.tar.xz", "a.zip"})
  void aShardMayHaveNothingInIt(String name) throws IOException {
    ShardIndex index = index(write(name, ShardBytes.of(name, Map.of())));

    assertThat(index.entries()).isEmpty();
    assertThat(index.problem()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tar.gz", "a.tar.xz", "a.zip"})
  void aFileWithoutBytesIsAnEmptyShard(String name) throws IOException {
    ShardIndex index = index(write(name, new byte[0]));

    assertThat(index.problem()).contains(new Problem(RejectReason.EMPTY, "it is empty"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tar.gz", "a.zip"})
  void anEntryWithoutBytesIsEmpty(String name) throws IOException {
    ImageFile shard = write(name, ShardBytes.of(name, Map.of("x.png", new byte[0])));

    assertThat(index(shard).entries().get(0).problem())
        .contains(new Problem(RejectReason.EMPTY, "it is empty"));
  }

  @Test
  void foldersAreNoEntries() throws IOException {
    byte[] tar =
        ShardBytes.joined(
            ShardBytes.entry("folder.png/", '5', new byte[0]),
            ShardBytes.entry("old.png/", '0', new byte[0]),
            ShardBytes.entry("folder.png/x.png", '0', bytes("x")),
            end());

    assertThat(paths(index(write("a.tar", tar)))).containsExactly("folder.png/x.png");
    assertThat(paths(index(write("a.zip", zipped(new ZipEntry("folder.png/")))))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1,it is no file but a link",
    "2,it is no file but a link",
    "3,it is no file but a device",
    "4,it is no file but a device",
    "6,it is no file but a device"
  })
  void linksAndDevicesAreUnsupported(char type, String error) throws IOException {
    byte[] tar = ShardBytes.joined(ShardBytes.entry("x.png", type, new byte[0]), end());

    assertThat(index(write("a.tar", tar)).entries().get(0).problem())
        .contains(new Problem(RejectReason.UNSUPPORTED, error));
  }

  @Test
  void aLinkInAZipIsUnsupported() throws IOException {
    Path file = folder.resolve("a.zip");
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(file)) {
      ZipArchiveEntry entry = new ZipArchiveEntry("x.png");
      entry.setUnixMode(0120777);
      zip.putArchiveEntry(entry);
      zip.write(bytes("/etc/passwd"));
      zip.closeArchiveEntry();
    }

    assertThat(index(listed(file)).entries().get(0).problem())
        .contains(new Problem(RejectReason.UNSUPPORTED, "it is no file but a link"));
  }

  /** Behind a sparse file of any kind, the others lie where they should. */
  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tar.gz"})
  void sparseFilesAreUnsupportedAndDisturbNoOther(String name) throws IOException {
    byte[] old = ShardBytes.header("old.png", 'S', 512, 1);
    System.arraycopy("ustar  \0".getBytes(UTF_8), 0, old, 257, 8);
    System.arraycopy("00000001000 00000001000 ".getBytes(UTF_8), 0, old, 386, 24);
    System.arraycopy("00000002000 ".getBytes(UTF_8), 0, old, 483, 12);
    byte[] map = ShardBytes.padded(bytes("1\n512\n512\n"));
    byte[] pax =
        ShardBytes.joined(
            ShardBytes.pax("GNU.sparse.major", "1"),
            ShardBytes.pax("GNU.sparse.minor", "0"),
            ShardBytes.pax("GNU.sparse.name", "new.png"),
            ShardBytes.pax("GNU.sparse.realsize", "1024"));
    byte[] tar =
        ShardBytes.joined(
            ShardBytes.checked(old),
            new byte[512],
            ShardBytes.entry("x.png", '0', bytes("x")),
            ShardBytes.entry("pax", 'x', pax),
            ShardBytes.entry("GNUSparseFile.0/new.png", '0', ShardBytes.joined(map, new byte[512])),
            ShardBytes.entry("y.png", '0', bytes("y")),
            end());
    ImageFile shard = write(name, name.endsWith(".gz") ? ShardBytes.gzip(tar) : tar);

    ShardIndex index = index(shard);

    Problem sparse = new Problem(RejectReason.UNSUPPORTED, "it is kept as a sparse file");
    assertThat(index.problem()).isEmpty();
    assertThat(paths(index)).containsExactly("old.png", "x.png", "new.png", "y.png");
    assertThat(index.entries().get(0).problem()).contains(sparse);
    assertThat(index.entries().get(2).problem()).contains(sparse);
    assertHolds(shard, index, Map.of("x.png", bytes("x"), "y.png", bytes("y")));
  }

  @ParameterizedTest
  @CsvSource({
    "a.tar, inner.zip",
    "a.tar.xz, inner.zip",
    "a.zip, inner.zip",
    "a.zip, inner.7z",
    "a.tar, inner.tar.bz2"
  })
  void aShardWithinAShardIsUnsupportedAndTold(String name, String inner) throws IOException {
    ImageFile shard =
        write(name, ShardBytes.of(name, Map.of(inner, ShardBytes.zip(images("x.png")))));

    assertThat(index(shard).entries().get(0).path()).isEqualTo(inner);
    assertThat(index(shard).entries().get(0).problem())
        .contains(
            new Problem(RejectReason.UNSUPPORTED, "it is a shard within a shard: unpack one"));
  }

  private static void putTar(
      TarArchiveOutputStream tar, String name, Instant modified, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    entry.setLastModifiedTime(FileTime.from(modified));
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static byte[] zipped(ZipEntry entry) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(entry);
      if (!entry.isDirectory()) {
        zip.write(bytes("x"));
      }
    }
    return out.toByteArray();
  }

  /** Where the directory of a zip begins. */
  private static int directory(byte[] zip) {
    for (int at = 0; at < zip.length; at++) {
      if (zip[at] == 'P' && zip[at + 1] == 'K' && zip[at + 2] == 1 && zip[at + 3] == 2) {
        return at;
      }
    }
    throw new IllegalArgumentException("no directory");
  }

  private static byte[] end() {
    return ShardBytes.end();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** Random bytes of many lengths, by their names. */
  private static Map<String, byte[]> images(String... names) {
    Map<String, byte[]> images = new LinkedHashMap<>();
    Random random = new Random(1);
    for (String name : names) {
      byte[] content = new byte[1 + random.nextInt(3000)];
      random.nextBytes(content);
      images.put(name, content);
    }
    return images;
  }

  private ImageFile write(String name, byte[] content) throws IOException {
    return listed(Files.write(folder.resolve(name), content));
  }

  private static ImageFile listed(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(SHARD_MODIFIED));
    return new ImageFile(
        FolderListing.root(HADOOP, file.toString()),
        SHARD_MODIFIED.toEpochMilli(),
        Files.size(file));
  }

  private static ShardIndex index(ImageFile shard) throws IOException {
    return ShardIndex.read(HADOOP, shard, LIMITS, () -> {});
  }

  private static List<String> paths(ShardIndex index) {
    return index.entries().stream().map(ShardEntry::path).toList();
  }

  private static void assertHolds(ImageFile shard, ShardIndex index, Map<String, byte[]> images)
      throws IOException {
    for (ShardEntry entry : index.entries()) {
      if (entry.problem().isEmpty()) {
        assertThat(entry.length()).isEqualTo(images.get(entry.path()).length);
        assertThat(ShardBytes.content(HADOOP, shard, entry)).isEqualTo(images.get(entry.path()));
      }
    }
    assertThat(paths(index)).containsAll(images.keySet());
  }
}
