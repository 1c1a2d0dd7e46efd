package dev.puad.jobs.cli;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.pipeline.UntrainedBundle;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Models;
import dev.puad.jobs.table.TableDefinition;
import dev.puad.jobs.table.Tables;
import dev.puad.model.detect.Bundle;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.RgbImage;
import dev.puad.model.onnx.GraphBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import onnx.Onnx.ModelProto;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be wrong with the model of a bundle: it is refused by name, before an image is read. */
@Tag("slow")
class DamagedBundleTest {

  private static final String CATEGORY = "damaged";

  @TempDir private static Path warehouse;

  /** Of one file that would leave a row, whatever it is. */
  @TempDir private static Path images;

  private static Bundle whole;
  private static Lake lake;

  private Path bundle;
  private Path onnx;

  /** The checksum that {@code puad.models} has of the manifest. */
  private String checksum;

  @BeforeAll
  static void open() throws IOException {
    whole = UntrainedBundle.of(CATEGORY);
    lake = Lake.open(LocalSpark.open(warehouse));
    Files.writeString(images.resolve("text.png"), "no image");
  }

  @BeforeEach
  void write(@TempDir Path folder) throws IOException {
    bundle = folder.resolve("v1");
    checksum = whole.write(bundle);
    onnx = bundle.resolve("puad.onnx");
  }

  @Test
  void aFlippedBit() throws IOException {
    byte[] bytes = Files.readAllBytes(onnx);
    bytes[bytes.length / 2] ^= 1;
    Files.write(onnx, bytes);

    assertRefused(
        "Cannot use bundle %s: its file puad.onnx has changed. Restore it or train again.", bundle);
  }

  @Test
  void aFileThatWasCutOff() throws IOException {
    cut();

    assertRefused(
        "Cannot use bundle %s: its file puad.onnx has changed. Restore it or train again.", bundle);
  }

  @Test
  void aFileThatIsMissing() throws IOException {
    Files.delete(onnx);

    assertRefused(
        "Cannot open bundle %s: file %s is missing. Restore it or train again.", bundle, onnx);
  }

  @Test
  void aFileThatCannotBeRead() throws IOException {
    Files.delete(onnx);
    Files.createDirectory(onnx);

    assertRefused(
        "Cannot open bundle %s: java.io.IOException: Is a directory. Make it readable, restore it"
            + " or train again.",
        bundle);
  }

  @Test
  void aManifestOfAnotherBundle() throws IOException {
    ObjectNode manifest = manifest();
    manifest.put("fingerprint", "another");
    write(manifest);

    assertRefused(
        "Cannot use bundle %s: its file manifest.json has changed. Restore it or train again.",
        bundle);
  }

  @Test
  void aModelThatIsNotWholeAlthoughItsChecksumsMatch() throws IOException {
    cut();
    sign();

    assertRefused("Cannot use %s: it is no whole ONNX model. Restore it or train again.", onnx);
  }

  @Test
  void anotherOperatorSetAlthoughItsChecksumsMatch() throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(onnx)).toBuilder();
    model.getOpsetImportBuilder(0).setVersion(12);
    Files.write(onnx, model.build().toByteArray());
    sign();

    assertRefused(
        "Cannot use %s: it is written in operator set 12, not in ONNX's "
            + GraphBuilder.OPSET
            + ". Restore it or train again.",
        onnx);
  }

  @Test
  void theOtherCategoriesAreScored(@TempDir Path folder) throws IOException {
    Path elsewhere = folder.resolve("warehouse");
    Models models = new Models(Lake.open(LocalSpark.open(elsewhere)));
    cut();
    models.publish(UntrainedBundle.row(CATEGORY, 1, bundle, checksum));
    Path good = folder.resolve("good");
    models.publish(UntrainedBundle.row("good", 1, good, UntrainedBundle.of("good").write(good)));
    // Theirs come first, and would be all that a limited night comes to.
    archive(folder.resolve("line/" + CATEGORY), 2);
    archive(folder.resolve("line/good"), 2);
    Path summary = folder.resolve("summary.json");

    Ran ran = score(elsewhere, folder.resolve("line"), "--limit", "2", "--summary", summary);

    String error =
        "Cannot use bundle %s: its file puad.onnx has changed. Restore it or train again."
            .formatted(bundle);
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(ran.err()).contains("puad: category damaged is not scored: " + error);
    assertThat(LocalSpark.rows(elsewhere, "select category, count(*) from puad.scores group by 1"))
        .containsExactly("[good,2]");
    assertThat(LocalSpark.rows(elsewhere, "select outcome, scored, error from puad.runs"))
        .containsExactly("[done,2,%s]".formatted(error));
    JsonNode told = new ObjectMapper().readTree(summary.toFile());
    assertThat(told.path("broken").path(CATEGORY).asText()).isEqualTo(error);
    assertThat(told.path("left").asLong()).isEqualTo(2);
  }

  @Test
  void aBundleThatCannotBeReadAtAllIsNamedOnlyWhereItIsNeeded(@TempDir Path folder)
      throws IOException {
    Path elsewhere = folder.resolve("warehouse");
    Models models = new Models(Lake.open(LocalSpark.open(elsewhere)));
    models.publish(UntrainedBundle.row(CATEGORY, 1, folder.resolve("gone"), checksum));
    models.publish(UntrainedBundle.row("good", 1, bundle, checksum));
    archive(folder.resolve("line/good"), 1);

    Ran ran = score(elsewhere, folder.resolve("line"));

    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    assertThat(ran.lastLine()).startsWith("1 images scored, ");
    assertThat(ran.err()).doesNotContain("gone");
  }

  /** Scores an archive whose folders are categories. */
  private static Ran score(Path warehouse, Path archive, Object... more) {
    Object[] line = {
      "score",
      "--dataset",
      UntrainedBundle.DATASET,
      "--categories",
      "{category}/*",
      "--images",
      archive
    };
    return Ran.in(
        warehouse, Stream.concat(Arrays.stream(line), Arrays.stream(more)).toArray(Object[]::new));
  }

  private static void archive(Path folder, int images) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < images; i++) {
      byte[] pixels = new byte[32 * 32 * RgbImage.CHANNELS];
      Arrays.fill(pixels, (byte) i);
      Files.write(folder.resolve(i + ".png"), PngEncoder.encode(new RgbImage(32, 32, pixels)));
    }
  }

  /** Leaves the first half of the model. */
  private void cut() throws IOException {
    byte[] bytes = Files.readAllBytes(onnx);
    Files.write(onnx, Arrays.copyOf(bytes, bytes.length / 2));
  }

  /** Makes the manifest agree with the model, and the table with the manifest. */
  private void sign() throws IOException {
    ObjectNode manifest = manifest();
    ((ObjectNode) manifest.get("sha256")).put("puad.onnx", sha256(onnx));
    write(manifest);
    checksum = sha256(bundle.resolve("manifest.json"));
  }

  private ObjectNode manifest() throws IOException {
    return (ObjectNode) new ObjectMapper().readTree(bundle.resolve("manifest.json").toFile());
  }

  private void write(ObjectNode manifest) throws IOException {
    new ObjectMapper().writeValue(bundle.resolve("manifest.json").toFile(), manifest);
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Scoring fails with a message that names a file, and leaves nothing but the run's own row. */
  private void assertRefused(String message, Path... named) {
    new Models(lake).publish(UntrainedBundle.row(CATEGORY, 1, bundle, checksum));

    Ran ran =
        Ran.in(
            warehouse,
            "score",
            "--dataset",
            UntrainedBundle.DATASET,
            "--category",
            CATEGORY,
            "--images",
            images);

    String error = message.formatted((Object[]) named);
    ran.assertMistake(ExitCode.BAD_INPUT, error);
    for (TableDefinition table : List.of(Tables.SCORES, Tables.ANOMALY_MAPS, Tables.REJECTS)) {
      assertThat(lake.read(table).isEmpty()).as(table.fullName()).isTrue();
    }
    Row run = lake.read(Tables.RUNS).orderBy(col("started_at").desc()).first();
    assertThat(run.<String>getAs("outcome")).isEqualTo("failed");
    assertThat(run.<String>getAs("error")).isEqualTo(error);
  }
}
