package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.archive.FileContents;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.model.image.BilinearResize;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.ImageDecoder;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.RgbImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecodeImagesTest {

  private static final int SIZE = 32;
  private static final DecodeLimits LIMITS = new DecodeLimits(10_000, 20_000);

  @TempDir static Path warehouse;

  private static SparkSession spark;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    spark = LocalSpark.open(warehouse);
  }

  @Test
  void pixelsAreThoseOfTheModelsOwnDecodingAndResizing() throws IOException {
    byte[] png = png(50, 37);
    Files.write(folder.resolve("a.png"), png);

    Row row = decode().get(0);

    assertThat(row.<byte[]>getAs("pixels"))
        .isEqualTo(BilinearResize.resize(ImageDecoder.decode(png), SIZE, SIZE).pixels());
    assertThat(row.<Integer>getAs("width")).isEqualTo(50);
    assertThat(row.<Integer>getAs("height")).isEqualTo(37);
    assertThat(row.isNullAt(row.fieldIndex("reason"))).isTrue();
    assertThat(row.isNullAt(row.fieldIndex("error"))).isTrue();
  }

  @Test
  void aRowTellsItsFilesStateAndContent() throws IOException {
    byte[] png = png(40, 40);
    Path file = Files.write(folder.resolve("a b%.png"), png);

    Row row = decode().get(0);

    ImageFile listed = list().get(0);
    assertThat(row.<String>getAs("image")).isEqualTo(listed.image()).endsWith("/a%20b%25.png");
    assertThat(row.<Timestamp>getAs("modified").getTime())
        .isEqualTo(Files.getLastModifiedTime(file).toMillis());
    assertThat(row.<Long>getAs("length")).isEqualTo(png.length);
    assertThat(row.<String>getAs("content_hash")).isEqualTo(sha256(png));
  }

  @Test
  void whatCannotBeDecodedStaysWithItsReason() throws IOException {
    byte[] png = png(50, 37);
    byte[] damaged = png.clone();
    damaged[60] ^= 0x55;
    Files.write(folder.resolve("0-good.png"), png);
    Files.write(folder.resolve("1-empty.png"), new byte[0]);
    Files.write(folder.resolve("2-truncated.png"), Arrays.copyOf(png, png.length / 2));
    Files.write(folder.resolve("3-damaged.png"), damaged);
    Files.writeString(folder.resolve("4-text.png"), "This is not an image.");
    Files.write(folder.resolve("5-wide.png"), png(10_001, 1));
    Files.write(folder.resolve("6-long.png"), new byte[20_001]);

    List<Row> rows = decode();

    assertThat(rows)
        .extracting(row -> row.<String>getAs("reason"))
        .containsExactly(
            null, "empty", "truncated", "unreadable", "unsupported", "too_large", "too_large");
    assertThat(rows.subList(1, rows.size()))
        .allSatisfy(
            row -> {
              assertThat(row.<String>getAs("error")).isNotBlank();
              assertThat(row.isNullAt(row.fieldIndex("pixels"))).isTrue();
            });
  }

  @Test
  void aFileThatIsTooLongIsNotReadAtAll() throws IOException {
    Files.write(folder.resolve("a.png"), new byte[20_001]);
    List<ImageFile> files = list();
    Files.delete(folder.resolve("a.png"));

    Row row = decode(files).get(0);

    assertThat(row.<String>getAs("reason")).isEqualTo("too_large");
    assertThat(row.<String>getAs("error")).isEqualTo("it has more than 20000 bytes");
  }

  @Test
  void aFileThatGrewSinceItWasListedIsNotReadToItsEnd() throws IOException {
    Files.write(folder.resolve("a.png"), new byte[10]);
    List<ImageFile> files = list();
    Files.write(folder.resolve("a.png"), new byte[20_001]);

    assertThat(decode(files).get(0).<String>getAs("reason")).isEqualTo("too_large");
  }

  @Test
  void aFileDeletedSinceItWasListedIsUnreadable() throws IOException {
    Files.write(folder.resolve("a.png"), png(8, 8));
    Files.write(folder.resolve("b.png"), png(8, 8));
    List<ImageFile> files = list();
    Files.delete(folder.resolve("a.png"));

    List<Row> rows = decode(files);

    assertThat(rows)
        .extracting(row -> row.<String>getAs("reason"))
        .containsExactly("unreadable", null);
    assertThat(rows.get(0).<String>getAs("error"))
        .startsWith("the file cannot be read: ")
        .contains("a.png")
        .hasLineCount(1);
  }

  @Test
  void aFolderNamedLikeAnImageIsUnreadable() throws IOException {
    Path file = Files.createDirectory(folder.resolve("a.png"));
    ImageFile directory = new ImageFile("file://" + file, 0, 10);

    assertThat(decode(List.of(directory)).get(0).<String>getAs("reason")).isEqualTo("unreadable");
  }

  @Test
  void rowsAreInTheOrderOfTheirUris() throws IOException {
    for (String name : List.of("b.png", "a b.png", "C.png", "a.png", "é.png")) {
      Files.write(folder.resolve(name), png(8, 8));
    }

    assertThat(decode()).extracting(row -> row.<String>getAs("image")).isSorted().hasSize(5);
  }

  @Test
  void partitionsDependOnTheNumberOfFilesOnly() {
    List<ImageFile> files =
        IntStream.range(0, 65)
            .mapToObj(i -> new ImageFile("file:///x/%02d.png".formatted(i), 0, 1))
            .toList();

    assertThat(DecodeImages.files(spark, files).rdd().getNumPartitions()).isEqualTo(3);
    assertThat(DecodeImages.files(spark, files.subList(0, 32)).rdd().getNumPartitions())
        .isEqualTo(1);
    assertThat(DecodeImages.files(spark, List.of()).rdd().getNumPartitions()).isEqualTo(1);
  }

  @Test
  void entriesOfACompressedShardAreOneTask() {
    List<Row> files = new ArrayList<>();
    IntStream.range(0, 40).forEach(i -> files.add(entry("a.tar.gz", "streamed", i)));
    IntStream.range(0, 40).forEach(i -> files.add(entry("b.tar.gz", "streamed", i)));
    IntStream.range(0, 40).forEach(i -> files.add(entry("c.zip", "deflated", i)));

    List<Integer> sizes =
        DecodeImages.tasks(spark, files).toJavaRDD().glom().map(List::size).collect();

    assertThat(sizes).containsExactly(40, 40, 32, 8);
  }

  /** A task closes no model before it ends: of many categories it would take all the memory. */
  @Test
  void aTaskHasImagesOfOneCategory() {
    List<Row> files = new ArrayList<>();
    IntStream.range(0, 3).forEach(i -> files.add(entry("a.zip", "deflated", i, "north")));
    IntStream.range(0, 33).forEach(i -> files.add(entry("a.zip", "deflated", i, "south")));
    IntStream.range(0, 2).forEach(i -> files.add(entry("a.tar.gz", "streamed", i, "south")));
    IntStream.range(0, 2).forEach(i -> files.add(entry("a.tar.gz", "streamed", i, "west")));

    List<List<Object>> tasks =
        DecodeImages.tasks(spark, files)
            .toJavaRDD()
            .map(row -> row.get(PlanScoring.FILES.fieldIndex("category")))
            .glom()
            .collect();

    assertThat(tasks).extracting(List::size).containsExactly(3, 32, 1, 2, 2);
    assertThat(tasks).allSatisfy(task -> assertThat(Set.copyOf(task)).hasSize(1));
  }

  private static Row entry(String shard, String coding, int number) {
    return entry(shard, coding, number, "bottle");
  }

  /** A row as a plan has it. */
  private static Row entry(String shard, String coding, int number, String category) {
    return new GenericRowWithSchema(
        new Object[] {
          shard + "!/" + number,
          new Timestamp(0),
          1L,
          shard,
          null,
          null,
          coding,
          0L,
          1L,
          null,
          null,
          category
        },
        PlanScoring.FILES);
  }

  @Test
  void anyPositiveLimitIsAllowed() throws IOException {
    byte[] png = png(8, 8);
    Files.write(folder.resolve("a.png"), png);

    assertThat(FileContents.read(new Configuration(), list().get(0).image(), Long.MAX_VALUE))
        .isEqualTo(png);
  }

  @Test
  void aChecksumLeftBesideAFileIsIgnored() throws IOException {
    byte[] png = png(8, 8);
    Files.write(folder.resolve("a.png"), png);
    Files.writeString(
        folder.resolve(".a.png.crc"), "crc of something else", StandardCharsets.UTF_8);

    assertThat(decode().get(0).<String>getAs("content_hash")).isEqualTo(sha256(png));
  }

  private List<ImageFile> list() {
    return FolderListing.of(new Configuration(), folder.toString()).images();
  }

  private List<Row> decode() {
    return decode(list());
  }

  private static List<Row> decode(List<ImageFile> files) {
    return DecodeImages.decode(DecodeImages.files(spark, files), SIZE, LIMITS).collectAsList();
  }

  private static byte[] png(int width, int height) {
    byte[] pixels = new byte[3 * width * height];
    new Random(width).nextBytes(pixels);
    return PngEncoder.encode(new RgbImage(width, height, pixels));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
