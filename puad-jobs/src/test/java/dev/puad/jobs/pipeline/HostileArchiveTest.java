package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ShardBytes;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.RunLog;
import dev.puad.jobs.table.TableDefinition;
import dev.puad.jobs.table.Tables;
import dev.puad.model.detect.Bundle;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.RgbImage;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One night over an archive of files that are damaged, lie, attack or are merely uncommon. */
@Tag("slow")
class HostileArchiveTest {

  private static final String CATEGORY = "hostile";

  private static final String SCORED = "scored";

  private static final Set<String> REASONS =
      Set.of("unreadable", "truncated", "too_large", "unsupported", "empty", "timeout");

  private static final Random RANDOM = new Random(1);

  @TempDir static Path warehouse;
  @TempDir static Path temporary;

  /** What may become of each file that is no shard, of each shard itself, and of some entries. */
  private static final Map<String, Set<String>> EXPECTED = new TreeMap<>();

  private static Path folder;
  private static ArchiveScoring scoring;
  private static Lake lake;
  private static RunLog.Counts counts;
  private static List<String> before;

  /** By its path, what became of each image and shard. */
  private static Map<String, List<String>> outcomes;

  @BeforeAll
  static void score() throws IOException {
    folder = Files.createDirectories(temporary.resolve("above/archive"));
    truncate();
    flip();
    bomb();
    disguise();
    draw();
    attack();
    lake = Lake.open(LocalSpark.open(warehouse));
    Bundle bundle = UntrainedBundle.of(CATEGORY);
    scoring = new ArchiveScoring(lake, bundle, ArchiveScoring.PLAN, 2000);
    before = everything();
    counts = scoring.run(folder, "first").counts();
    outcomes = outcomes();
  }

  @Test
  void thereAreTwoHundredFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.count()).isGreaterThanOrEqualTo(200);
    }
  }

  @Test
  void everyImageIsScoredOrRejectedOnce() {
    assertThat(outcomes).allSatisfy((name, found) -> assertThat(found).as(name).hasSize(1));
    assertThat(counts.scored() + counts.rejected()).isEqualTo(outcomes.size());
    assertThat(counts.scored()).isEqualTo(lake.read(Tables.ANOMALY_MAPS).count());
  }

  @Test
  void everyFileIsRejectedForTheRightReason() {
    EXPECTED.forEach(
        (name, reasons) ->
            assertThat(outcomes.getOrDefault(name, List.of("")).get(0)).as(name).isIn(reasons));
  }

  @Test
  void noFileIsThereThatNobodyExpected() {
    assertThat(outcomes.keySet().stream().filter(name -> !name.contains("!/")))
        .allMatch(EXPECTED::containsKey);
    assertThat(outcomes.values().stream().flatMap(List::stream))
        .allMatch(outcome -> outcome.equals(SCORED) || REASONS.contains(outcome));
  }

  @Test
  void whatIsWholeInATruncatedShardIsScored() {
    for (String shard : List.of("cut 4.tar", "cut 4.tar.gz")) {
      assertThat(outcomes).containsEntry(shard, List.of("truncated"));
      assertThat(outcomes).containsEntry(shard + "!/0.png", List.of(SCORED));
    }
  }

  @Test
  void aPathThatLeadsOutIsRejectedAndItsNeighboursAreNot() {
    for (String shard : List.of("paths.tar", "paths.zip")) {
      assertThat(outcomes)
          .containsEntry(shard + "!/../escaped.png", List.of("unsupported"))
          .containsEntry(shard + "!//escaped.png", List.of("unsupported"))
          .containsEntry(shard + "!/a/../../escaped.png", List.of("unsupported"))
          .containsEntry(shard + "!/inside.png", List.of(SCORED));
    }
  }

  @Test
  void aShardWithinAShardIsRejectedAndItsNeighboursAreNot() {
    assertThat(outcomes)
        .containsEntry("nested.zip!/inner.zip", List.of("unsupported"))
        .containsEntry("nested.zip!/beside.png", List.of(SCORED))
        .containsEntry("nested.tar!/inner.tar", List.of("unsupported"));
  }

  @Test
  void nothingIsWrittenOutsideTheWarehouse() throws IOException {
    assertThat(everything()).isEqualTo(before);
    assertThat(Path.of("/escaped.png")).doesNotExist();
    assertThat(Path.of("escaped.png")).doesNotExist();
    assertThat(Path.of(System.getProperty("java.io.tmpdir"), "escaped.png")).doesNotExist();
  }

  @Test
  void theNextNightHasNothingToDo() {
    try (PlanScoring.Work work = scoring.plan(folder)) {
      assertThat(work.count()).isZero();
      assertThat(work.skipped()).isEqualTo(outcomes.size());
    }
  }

  private static void truncate() throws IOException {
    RgbImage image = noise();
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("png", PngEncoder.encode(image));
    files.put("jpg", encode(buffered(image), "jpg"));
    files.put("bmp", encode(buffered(image), "bmp"));
    for (String format : List.of("tar", "tar.gz", "tar.xz", "zip")) {
      files.put(format, ShardBytes.of("a." + format, images(3)));
    }
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      byte[] whole = file.getValue();
      for (int eighth = 1; eighth < 8; eighth++) {
        write(
            "cut %d.%s".formatted(eighth, file.getKey()),
            Arrays.copyOf(whole, whole.length * eighth / 8),
            "truncated");
      }
      write(
          "whole." + file.getKey(),
          whole,
          file.getKey().length() == 3 && !Set.of("tar", "zip").contains(file.getKey())
              ? SCORED
              : "");
    }
  }

  private static void flip() throws IOException {
    byte[] png = PngEncoder.encode(noise());
    byte[] jpeg = encode(buffered(noise()), "jpg");
    byte[] bmp = encode(buffered(noise()), "bmp");
    for (int i = 0; i < 22; i++) {
      write(
          "flipped %d.png".formatted(i), flipped(png, i), "unreadable", "truncated", "unsupported");
      write("flipped %d.jpg".formatted(i), flipped(jpeg, i), all());
      write("flipped %d.bmp".formatted(i), flipped(bmp, i), all());
    }
    for (String format : List.of("tar", "tar.gz", "tar.xz", "zip")) {
      byte[] shard = ShardBytes.of("a." + format, images(2));
      for (int i = 0; i < 10; i++) {
        write(
            "flipped %d.%s".formatted(i, format),
            flipped(shard, i),
            "",
            "unreadable",
            "truncated",
            "unsupported");
      }
    }
  }

  private static void bomb() throws IOException {
    // Bits a sample and the kind of colours.
    for (byte[] kind : new byte[][] {{8, 2}, {1, 0}, {16, 6}, {8, 3}}) {
      write(
          "bomb %d %d.png".formatted(kind[0], kind[1]),
          png(50_000, 50_000, kind[0], kind[1]),
          "too_large");
    }
    write(
        "bomb.tar.gz", ShardBytes.of("a.tar.gz", Map.of("x.png", new byte[80 << 20])), "too_large");
    write("bomb.zip", ShardBytes.of("a.zip", Map.of("x.png", new byte[80 << 20])), "");
    EXPECTED.put("bomb.zip!/x.png", Set.of("too_large"));
  }

  private static void disguise() throws IOException {
    byte[] png = PngEncoder.encode(noise());
    for (String name :
        List.of(
            "no bytes.png",
            "no bytes.jpg",
            "no bytes.bmp",
            "no bytes.tar",
            "no bytes.tar.gz",
            "no bytes.tar.xz",
            "no bytes.zip")) {
      write(name, new byte[0], "empty");
    }
    write("zeros.png", new byte[1000], "unsupported");
    write("zeros.jpg", new byte[1000], "unsupported");
    write("zeros.zip", new byte[1000], "unsupported");
    write("zeros.tar.gz", new byte[1000], "unsupported");
    write("text.bmp", "no image".getBytes(StandardCharsets.UTF_8), "unsupported");
    write("really a png.jpg", png, SCORED);
    write("really a png.bmp", png, SCORED);
    write("really a bmp.PNG", encode(buffered(noise()), "bmp"), SCORED);
    write("really a png.zip", png, "unsupported");
    write("really a png.tar", png, "unsupported");
    write("really a zip.tar", ShardBytes.of("a.zip", images(2)), "unsupported");
    write("really a zip.png", ShardBytes.of("a.zip", images(2)), "unsupported");
    write("really a tar.zip", ShardBytes.of("a.tar", images(2)), "unsupported");
    write("really a tar.tar.gz", ShardBytes.of("a.tar", images(2)), "unsupported");
    write("really a tar.gz.tar", ShardBytes.of("a.tar.gz", images(2)), "unsupported");
  }

  private static void draw() throws IOException {
    RgbImage image = noise();
    byte[] gif = animatedGif();
    write("animated.gif", gif, "unsupported");
    write("animated gif.png", gif, "unsupported");
    write("cmyk.jpg", cmyk(), "unsupported");
    write("rgba.png", encode(drawn(image, BufferedImage.TYPE_INT_ARGB), "png"), SCORED);
    write("palette.png", encode(drawn(image, BufferedImage.TYPE_BYTE_INDEXED), "png"), SCORED);
    write("palette.bmp", encode(drawn(image, BufferedImage.TYPE_BYTE_INDEXED), "bmp"), SCORED);
    write("grey.png", encode(drawn(image, BufferedImage.TYPE_BYTE_GRAY), "png"), SCORED);
    write("grey.jpg", encode(drawn(image, BufferedImage.TYPE_BYTE_GRAY), "jpg"), SCORED);
    write("bilevel.png", encode(drawn(image, BufferedImage.TYPE_BYTE_BINARY), "png"), SCORED);
    write("16 bits.png", encode(drawn(image, BufferedImage.TYPE_USHORT_GRAY), "png"), SCORED);
    write("interlaced.png", progressive(buffered(image), "png"), SCORED);
    write("progressive.jpg", progressive(buffered(image), "jpg"), SCORED);
  }

  private static void attack() throws IOException {
    Map<String, byte[]> paths = new LinkedHashMap<>();
    for (String path :
        List.of("../escaped.png", "/escaped.png", "a/../../escaped.png", "inside.png")) {
      paths.put(path, PngEncoder.encode(noise()));
    }
    write("paths.tar", ShardBytes.of("a.tar", paths), "");
    write("paths.zip", ShardBytes.of("a.zip", paths), "");
    Map<String, byte[]> nested = new LinkedHashMap<>();
    nested.put("inner.zip", ShardBytes.of("a.zip", images(2)));
    nested.put("beside.png", PngEncoder.encode(noise()));
    write("nested.zip", ShardBytes.of("a.zip", nested), "");
    write(
        "nested.tar",
        ShardBytes.of("a.tar", Map.of("inner.tar", ShardBytes.of("a.tar", images(2)))),
        "");
    Files.createSymbolicLink(folder.resolve("ring"), folder);
  }

  /** A file, and what may become of it; nothing, in a word, of a shard that is whole. */
  private static void write(String name, byte[] content, String... outcomes) throws IOException {
    Files.write(folder.resolve(name), content);
    EXPECTED.put(name, Set.of(outcomes));
  }

  private static String[] all() {
    return Stream.concat(Stream.of(SCORED), REASONS.stream()).toArray(String[]::new);
  }

  private static Map<String, List<String>> outcomes() {
    Map<String, List<String>> outcomes = new TreeMap<>();
    String root = FolderListing.root(new Configuration(), folder.toString());
    for (TableDefinition table : List.of(Tables.SCORES, Tables.REJECTS)) {
      for (Row row : lake.read(table).where(col("category").equalTo(CATEGORY)).collectAsList()) {
        outcomes
            .computeIfAbsent(
                FolderListing.relative(root, row.getAs("image")), name -> new ArrayList<>())
            .add(table.equals(Tables.SCORES) ? SCORED : row.getAs("reason"));
      }
    }
    return outcomes;
  }

  /** Every file below the temporary folder, with its time and length. */
  private static List<String> everything() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(temporary)) {
      for (Path file : files.sorted().toList()) {
        found.add("%s %s %d".formatted(file, Files.getLastModifiedTime(file), Files.size(file)));
      }
    }
    return found;
  }

  private static byte[] flipped(byte[] whole, int which) {
    byte[] flipped = whole.clone();
    // Headers first, where it hurts most, and then anywhere.
    int at = which < 5 ? which * 7 : RANDOM.nextInt(whole.length);
    flipped[at] ^= (byte) (1 << RANDOM.nextInt(Byte.SIZE));
    return flipped;
  }

  private static Map<String, byte[]> images(int count) {
    Map<String, byte[]> images = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      images.put(i + ".png", PngEncoder.encode(noise()));
    }
    return images;
  }

  private static RgbImage noise() {
    byte[] pixels = new byte[32 * 24 * RgbImage.CHANNELS];
    RANDOM.nextBytes(pixels);
    return new RgbImage(32, 24, pixels);
  }

  private static BufferedImage buffered(RgbImage image) {
    return drawn(image, BufferedImage.TYPE_INT_RGB);
  }

  private static BufferedImage drawn(RgbImage image, int type) {
    BufferedImage drawn = new BufferedImage(image.width(), image.height(), type);
    for (int i = 0; i < image.width() * image.height(); i++) {
      int rgb = 0;
      for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
        rgb = (rgb << 8) | Byte.toUnsignedInt(image.pixels()[RgbImage.CHANNELS * i + channel]);
      }
      drawn.setRGB(i % image.width(), i / image.width(), 0xFF000000 | rgb);
    }
    return drawn;
  }

  private static byte[] encode(RenderedImage image, String format) throws IOException {
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, encoded)).as(format).isTrue();
    return encoded.toByteArray();
  }

  private static byte[] progressive(RenderedImage image, String format) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    return written(writer, new IIOImage(image, null, null), parameters);
  }

  /** A JPEG in four inks, as its Adobe segment says. */
  private static byte[] cmyk() throws IOException {
    byte[] jpeg =
        written(
            ImageIO.getImageWritersByFormatName("jpg").next(),
            new IIOImage(
                Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 32, 24, 4, null), null, null),
            null);
    byte[] adobe = {
      (byte) 0xFF, (byte) 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
    };
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    encoded.write(jpeg, 0, 2);
    encoded.write(adobe);
    encoded.write(jpeg, 2, jpeg.length - 2);
    return encoded.toByteArray();
  }

  private static byte[] animatedGif() throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(encoded)) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (int i = 0; i < 3; i++) {
        BufferedImage image = drawn(noise(), BufferedImage.TYPE_BYTE_INDEXED);
        writer.writeToSequence(
            new IIOImage(
                image,
                null,
                writer.getDefaultImageMetadata(
                    ImageTypeSpecifier.createFromRenderedImage(image), null)),
            null);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
    return encoded.toByteArray();
  }

  private static byte[] written(ImageWriter writer, IIOImage image, ImageWriteParam parameters)
      throws IOException {
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(encoded)) {
      writer.setOutput(out);
      writer.write(null, image, parameters);
    } finally {
      writer.dispose();
    }
    return encoded.toByteArray();
  }

  /** A PNG that announces a size, with a little of what it announces. */
  private static byte[] png(int width, int height, byte bits, byte colours) {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    png.writeBytes(
        chunk(
            "IHDR",
            ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put(bits)
                .put(colours)
                .put(new byte[3])
                .array()));
    if (colours == 3) {
      png.writeBytes(chunk("PLTE", new byte[3]));
    }
    png.writeBytes(chunk("IDAT", new byte[] {0x78, (byte) 0x9c, 0x63, 0, 0, 0, 1, 0, 1}));
    png.writeBytes(chunk("IEND", new byte[0]));
    return png.toByteArray();
  }

  private static byte[] chunk(String type, byte[] content) {
    ByteBuffer chunk = ByteBuffer.allocate(content.length + 12);
    chunk.putInt(content.length);
    chunk.put(type.getBytes(StandardCharsets.US_ASCII));
    chunk.put(content);
    CRC32 sum = new CRC32();
    sum.update(chunk.array(), 4, content.length + 4);
    chunk.putInt((int) sum.getValue());
    return chunk.array();
  }
}
