package dev.puad.jobs.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.puad.model.image.RejectReason;
import dev.puad.model.image.RejectedImageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shards that are damaged, lie or attack: what can be read is found, the rest is told, in time. */
@Timeout(60)
class HostileShardTest {

  private static final Configuration HADOOP = TroubledFileSystem.configuration();

  private static final ShardLimits LIMITS = new ShardLimits(1000, 100);

  private static final int RECORD = 512;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tar.gz", "a.tar.xz"})
  void ofATruncatedTarEverythingBeforeTheCutIsRead(String name) throws IOException {
    Map<String, byte[]> images = images(9, 40_000);
    byte[] whole = ShardBytes.of(name, images);
    for (int eighth = 1; eighth < 8; eighth++) {
      ImageFile shard = write(name, Arrays.copyOf(whole, whole.length * eighth / 8));

      ShardIndex index = ShardIndex.read(HADOOP, shard, LIMITS, () -> {});

      assertThat(index.problem())
          .contains(new Problem(RejectReason.TRUNCATED, "the shard ends before its entries do"));
      long read = assertReadOrTruncated(shard, index, images);
      // What compresses keeps some bytes back.
      assertThat(read).isGreaterThanOrEqualTo(9L * eighth / 8 - 3);
    }
  }

  @Test
  void aTarThatEndsBetweenTwoHeadersIsTruncatedAsWell() throws IOException {
    byte[] tar =
        ShardBytes.joined(
            ShardBytes.entry("x.png", '0', bytes("x")),
            ShardBytes.entry("pax", 'x', ShardBytes.pax("mtime", "1793000000")),
            ShardBytes.entry("y.png", '0', bytes("y")),
            ShardBytes.end());
    for (int records = 1; records < 6; records++) {
      ShardIndex index = index("a.tar", Arrays.copyOf(tar, records * RECORD));

      assertThat(index.problem().orElseThrow().reason())
          .as("%d records", records)
          .isIn(RejectReason.TRUNCATED, RejectReason.UNREADABLE);
    }
    assertThat(index("a.tar", Arrays.copyOf(tar, 7 * RECORD)).problem()).isEmpty();
  }

  @Test
  void aTruncatedZipHasNoDirectory() throws IOException {
    byte[] zip = ShardBytes.zip(images(9, 4000));
    for (int eighth = 1; eighth < 8; eighth++) {
      ShardIndex index = index("a.zip", Arrays.copyOf(zip, zip.length * eighth / 8));

      assertThat(index.entries()).isEmpty();
      assertThat(index.problem())
          .contains(
              new Problem(RejectReason.TRUNCATED, "the shard ends before its directory does"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tar.gz", "a.tar.xz"})
  void noFlippedBitOfATarsHeadersGoesUnnoticed(String name) throws IOException {
    Map<String, byte[]> images = images(1, 10);
    byte[] whole = ShardBytes.of(name, images);
    List<ShardEntry> found = index(name, whole).entries();
    for (int bit = 0; bit < Math.min(whole.length, 4 * RECORD) * Byte.SIZE; bit += 3) {
      if (name.equals("a.tar") && bit / Byte.SIZE / RECORD == 1) {
        continue; // The image itself, of which a tar has no checksum.
      }
      ImageFile shard = write(name, flipped(whole, bit));

      ShardIndex index = ShardIndex.read(HADOOP, shard, LIMITS, () -> {});

      if (index.problem().isEmpty()) {
        assertThat(index.entries()).as("bit %d", bit).isEqualTo(found);
        assertReadOrTruncated(shard, index, images);
      }
    }
  }

  @Test
  void noFlippedBitOfAZipHidesAnEntry() throws IOException {
    byte[] whole = ShardBytes.zip(images(2, 10));
    for (int bit = 0; bit < whole.length * Byte.SIZE; bit++) {
      ImageFile shard = write("a.zip", flipped(whole, bit));

      ShardIndex index = ShardIndex.read(HADOOP, shard, LIMITS, () -> {});

      // A name may have changed so that it is no image's any more.
      if (index.problem().isEmpty() && index.entries().size() < 2) {
        assertThat(name(whole, bit)).as("bit %d", bit).isTrue();
      }
      for (ShardEntry entry : index.entries()) {
        if (entry.problem().isEmpty() && entry.length() < 1000) {
          readOrRejected(shard, entry);
        }
      }
    }
  }

  @Test
  void anEncryptedEntryIsUnsupported() throws IOException {
    byte[] zip = ShardBytes.zip(images(1, 10));
    zip[directory(zip) + 8] |= 1;

    assertProblem("a.zip", zip, RejectReason.UNSUPPORTED);
  }

  @Test
  void anUnknownMethodIsUnsupported() throws IOException {
    byte[] zip = ShardBytes.zip(images(1, 10));
    zip[directory(zip) + 10] = 97;

    assertProblem("a.zip", zip, RejectReason.UNSUPPORTED);
  }

  @ParameterizedTest
  @CsvSource({"-1,UNREADABLE,more", "1,TRUNCATED,fewer"})
  void anEntryThatInflatesToAnotherLengthThanItSaysIsRejected(
      int change, RejectReason reason, String word) throws IOException {
    byte[] zip = ShardBytes.zip(Map.of("x.png", new byte[100]));
    zip[directory(zip) + 24] = (byte) (100 + change);
    ImageFile shard = write("a.zip", zip);

    ShardEntry entry = ShardIndex.read(HADOOP, shard, LIMITS, () -> {}).entries().get(0);
    RejectedImageException rejected =
        catchThrowableOfType(
            RejectedImageException.class, () -> ShardBytes.content(HADOOP, shard, entry));

    assertThat(rejected.reason()).isEqualTo(reason);
    assertThat(rejected).hasMessage("the shard has %s bytes of it than it says", word);
    assertThat(rejected.getCause()).isNull();
  }

  @Test
  void aStoredEntryOfTwoSizesIsUnreadable() throws IOException {
    Path file = folder.resolve("a.zip");
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(file)) {
      zip.setMethod(ZipArchiveOutputStream.STORED);
      zip.putArchiveEntry(new ZipArchiveEntry("x.png"));
      zip.write(new byte[100]);
      zip.closeArchiveEntry();
    }
    byte[] zip = Files.readAllBytes(file);
    zip[directory(zip) + 24] = 101;

    assertProblem("a.zip", zip, RejectReason.UNREADABLE);
  }

  @Test
  void aZipBombIsTooLarge() throws IOException {
    byte[] zip = ShardBytes.zip(Map.of("x.png", new byte[(1 << 26) + 1]));

    assertProblem("a.zip", zip, RejectReason.TOO_LARGE);
  }

  @ParameterizedTest
  @ValueSource(longs = {200L << 20, 8L << 30, Long.MAX_VALUE})
  void aGzipBombIsTooLargeHoweverLargeItSaysItIs(long says) throws IOException {
    byte[] bomb = zeros(ShardBytes.header("x.png", '0', says, 1), 200);

    ShardIndex index = index("a.tar.gz", bomb);

    assertThat(index.problem())
        .contains(
            new Problem(
                RejectReason.TOO_LARGE, "more than 100 bytes come out of each of its bytes"));
  }

  @Test
  void aFileThatIsLongerThanItsTarIsTruncatedHoweverLong() throws IOException {
    for (long size : new long[] {600, 8L << 40, Long.MAX_VALUE}) {
      ShardIndex index =
          index(
              "a.tar", ShardBytes.joined(ShardBytes.header("x.png", '0', size, 1), new byte[512]));

      assertThat(index.entries().get(0).problem())
          .contains(new Problem(RejectReason.TRUNCATED, "the shard ends before the image does"));
      assertThat(index.problem().orElseThrow().reason()).isEqualTo(RejectReason.TRUNCATED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tar.gz", "a.zip"})
  void ofTooManyEntriesTheFirstAreFound(String name) throws IOException {
    ImageFile shard = write(name, ShardBytes.of(name, images(5, 10)));

    ShardIndex index = ShardIndex.read(HADOOP, shard, new ShardLimits(4, 100), () -> {});

    assertThat(index.entries()).hasSize(4);
    assertThat(index.problem())
        .contains(new Problem(RejectReason.TOO_LARGE, "it has more than 4 entries"));
  }

  @Test
  void aLongDirectoryIsNotRead() throws IOException {
    Map<String, byte[]> images = new LinkedHashMap<>();
    for (int i = 0; i < 100; i++) {
      images.put(i + "x".repeat(20_000), new byte[0]);
    }
    ImageFile shard = write("a.zip", ShardBytes.zip(images));

    ShardIndex index = ShardIndex.read(HADOOP, shard, new ShardLimits(100, 100), () -> {});

    assertThat(index.problem())
        .contains(new Problem(RejectReason.TOO_LARGE, "its directory is too long"));
  }

  @ParameterizedTest
  @ValueSource(chars = {'x', 'g', 'L', 'K'})
  void headersThatAnnounceHeadersWithoutEndAreUnreadable(char type) throws IOException {
    byte[] header =
        ShardBytes.entry("header", type, type < 'a' ? bytes("name") : ShardBytes.pax("a", "b"));
    byte[] tar = ShardBytes.joined(Collections.nCopies(20_000, header).toArray(byte[][]::new));

    assertThat(index("a.tar", tar).problem())
        .contains(new Problem(RejectReason.UNREADABLE, "its headers are nested too deeply"));
  }

  @ParameterizedTest
  @ValueSource(chars = {'x', 'g', 'L', 'K'})
  void aHeaderThatIsLongerThanAnyPathIsNotHeldInMemory(char type) throws IOException {
    byte[] bomb = zeros(ShardBytes.header("header", type, 1 << 30, 1), 32);

    Problem problem = index("a.tar.gz", bomb).problem().orElseThrow();

    assertThat(problem.reason()).isIn(RejectReason.TOO_LARGE, RejectReason.UNREADABLE);
    if (type < 'a') {
      assertThat(problem.error()).isEqualTo("its headers are too long");
    }
  }

  @Test
  void aPaxRecordThatIsLongerThanAnyPathIsNotHeldInMemory() throws IOException {
    byte[] header =
        ShardBytes.joined(
            ShardBytes.header("header", 'x', 1 << 30, 1), bytes("1073741824 path=aaaa"));

    assertThat(index("a.tar.gz", zeros(header, 32)).problem())
        .contains(new Problem(RejectReason.TOO_LARGE, "its headers are too long"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../x.png", "/abs.png", "//abs.png", "a/../../x.png", "a/..", "../../.png/x.png"})
  void aPathThatLeadsOutIsUnsupported(String path) throws IOException {
    String image = path.endsWith("png") ? path : path + "/x.png";
    byte[] tar = ShardBytes.joined(ShardBytes.entry(image, '0', bytes("x")), ShardBytes.end());

    ShardIndex index = index("a.tar", tar);

    if (image.contains("/.png")) {
      assertThat(index.entries()).isEmpty();
      return;
    }
    assertThat(index.entries().get(0).problem())
        .contains(new Problem(RejectReason.UNSUPPORTED, "its path leads up or out of the shard"));
    assertThat(ShardIndex.identity("file:///a.tar", index.entries().get(0).path()))
        .isEqualTo("file:///a.tar!/" + image.replace("//", "/"));
  }

  @ParameterizedTest
  @CsvSource({
    "a.tar,its content is not a tar",
    "a.tar.gz,its content is not compressed by gzip",
    "a.tar.xz,its content is not compressed by xz",
    "a.zip,its content is not a zip"
  })
  void whatHasAWrongExtensionIsUnsupported(String name, String error) throws IOException {
    byte[] content = new byte[3000];
    new Random(1).nextBytes(content);
    Problem wrong = new Problem(RejectReason.UNSUPPORTED, error);

    assertThat(index(name, content).problem()).contains(wrong);
    for (String other : List.of("a.tar", "a.tar.gz", "a.tar.xz", "a.zip")) {
      if (!other.equals(name)) {
        assertThat(index(name, ShardBytes.of(other, images(3, 1000))).problem())
            .as("%s called %s", other, name)
            .contains(wrong);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"a.tar.gz,its content is not a tar", "a.tar.xz,its content is not a tar"})
  void whatIsCompressedButNoTarIsUnsupported(String name, String error) throws IOException {
    byte[] noise = new byte[3000];
    new Random(1).nextBytes(noise);

    byte[] compressed = name.endsWith("gz") ? ShardBytes.gzip(noise) : ShardBytes.xz(noise);

    assertThat(index(name, compressed).problem())
        .contains(new Problem(RejectReason.UNSUPPORTED, error));
  }

  @Test
  void xzThatTakesTooMuchMemoryIsTooLarge() throws IOException {
    byte[] xz = ShardBytes.xz(ShardBytes.tar(images(1, 10)));
    // The block's header: its length / 4 - 1, flags, filter, length, size of the dictionary.
    int block = 12;
    int length = (xz[block] + 1) * 4;
    xz[block + 4] = 34;
    CRC32 sum = new CRC32();
    sum.update(xz, block, length - 4);
    for (int i = 0; i < Integer.BYTES; i++) {
      xz[block + length - 4 + i] = (byte) (sum.getValue() >>> (Byte.SIZE * i));
    }

    assertThat(index("a.tar.xz", xz).problem())
        .contains(new Problem(RejectReason.TOO_LARGE, "it takes too much memory to decompress"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fails.tar", "fails.tar.gz", "fails.tar.xz", "fails.zip"})
  void thatStorageFailsIsNotTheShardsFault(String name) throws IOException {
    Path file = Files.write(folder.resolve(name), ShardBytes.of(name, images(9, 100_000)));
    ImageFile shard = new ImageFile(TroubledFileSystem.uri(file), 1, Files.size(file));

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> ShardIndex.read(HADOOP, shard, LIMITS, () -> {}))
        .withMessage(TroubledFileSystem.FAILURE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fails.tar.gz", "fails.tar.xz"})
  void thatStorageFailsIsNotTheImagesFault(String name) throws IOException {
    Path file = Files.write(folder.resolve(name), ShardBytes.of(name, images(9, 100_000)));

    try (ShardStream stream = ShardStream.open(HADOOP, TroubledFileSystem.uri(file))) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> stream.read(800_000, 10, () -> {}))
          .withMessage(TroubledFileSystem.FAILURE);
    }
  }

  @Test
  void behindDamageNothingIsReadForAnother() throws IOException {
    byte[] gzip = ShardBytes.gzip(ShardBytes.tar(images(9, 10_000)));
    ImageFile shard = write("a.tar.gz", Arrays.copyOf(gzip, gzip.length / 2));

    try (ShardStream stream = ShardStream.open(HADOOP, shard.image())) {
      assertThat(stream.read(0, 10_000, () -> {})).hasSize(10_000);
      RejectedImageException first =
          catchThrowableOfType(
              RejectedImageException.class, () -> stream.read(80_000, 10_000, () -> {}));
      RejectedImageException second =
          catchThrowableOfType(
              RejectedImageException.class, () -> stream.read(90_000, 10, () -> {}));

      assertThat(first.reason()).isEqualTo(RejectReason.TRUNCATED);
      assertThat(second).isSameAs(first);
    }
  }

  /** How many of the images could be read, as they are; the others were truncated. */
  private long assertReadOrTruncated(ImageFile shard, ShardIndex index, Map<String, byte[]> images)
      throws IOException {
    long read = 0;
    for (ShardEntry entry : index.entries()) {
      if (entry.problem().isPresent()) {
        assertThat(entry.problem().get().reason()).isEqualTo(RejectReason.TRUNCATED);
        continue;
      }
      try {
        assertThat(ShardBytes.content(HADOOP, shard, entry)).isEqualTo(images.get(entry.path()));
        read++;
      } catch (RejectedImageException e) {
        assertThat(e.reason()).isEqualTo(RejectReason.TRUNCATED);
      }
    }
    return read;
  }

  private static void readOrRejected(ImageFile shard, ShardEntry entry) throws IOException {
    try {
      assertThat(ShardBytes.content(HADOOP, shard, entry)).hasSize((int) entry.length());
    } catch (RejectedImageException e) {
      assertThat(e.getCause()).isNull();
    }
  }

  /** The shard's only entry is rejected. */
  private void assertProblem(String name, byte[] content, RejectReason reason) throws IOException {
    ShardIndex index = index(name, content);

    assertThat(index.problem()).isEmpty();
    assertThat(index.entries()).hasSize(1);
    assertThat(index.entries().get(0).problem().orElseThrow().reason()).isEqualTo(reason);
  }

  private ShardIndex index(String name, byte[] content) throws IOException {
    return ShardIndex.read(HADOOP, write(name, content), LIMITS, () -> {});
  }

  private ImageFile write(String name, byte[] content) throws IOException {
    Path file = Files.write(folder.resolve(name), content);
    return new ImageFile(FolderListing.root(HADOOP, file.toString()), 1, content.length);
  }

  /** So many images of so many random bytes each. */
  private static Map<String, byte[]> images(int count, int length) {
    Map<String, byte[]> images = new LinkedHashMap<>();
    Random random = new Random(1);
    for (int i = 0; i < count; i++) {
      byte[] content = new byte[length];
      random.nextBytes(content);
      images.put(i + ".png", content);
    }
    return images;
  }

  /** A beginning and so many MiB of zeros, in gzip. */
  private static byte[] zeros(byte[] beginning, int mebibytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(beginning);
      for (int i = 0; i < mebibytes; i++) {
        gzip.write(new byte[1 << 20]);
      }
    }
    return out.toByteArray();
  }

  private static byte[] flipped(byte[] whole, int bit) {
    byte[] flipped = whole.clone();
    flipped[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
    return flipped;
  }

  /** Whether a bit is one of a name in the directory, or of what its reading depends on. */
  private static boolean name(byte[] zip, int bit) {
    int directory = directory(zip);
    int entry = (zip.length - 22 - directory) / 2;
    int at = bit / Byte.SIZE - directory;
    return at >= 0 && at < 2 * entry && at % entry >= 28;
  }

  private static int directory(byte[] zip) {
    for (int at = 0; at < zip.length; at++) {
      if (zip[at] == 'P' && zip[at + 1] == 'K' && zip[at + 2] == 1 && zip[at + 3] == 2) {
        return at;
      }
    }
    throw new IllegalArgumentException("no directory");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
