package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.Zstd;
import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.OfficialModelFolder;
import dev.puad.model.Fixtures;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.detect.HalfMap;
import dev.puad.model.detect.MapScaling;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TrainingNetwork;
import dev.puad.model.weights.NpzFile;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import dev.puad.model.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Official weights through the commands, against what the official code makes of the same images.
 */
@Tag("slow")
class ImportCommandTest {

  private static final int SIDE = 56;

  @TempDir private static Path folder;

  private static Path warehouse;
  private static Path models;
  private static Path data;
  private static Ran imported;

  @BeforeAll
  static void importAndScore() throws IOException {
    warehouse = folder.resolve("warehouse");
    models = folder.resolve("models");
    OfficialModelFolder.writeModel(models);
    data = OfficialModelFolder.writeImages(folder.resolve("data"));
    imported = puad("import", "--pytorch", models, "--data", data, "--json");
    assertThat(imported.code()).as(imported.err()).isEqualTo(ExitCode.DONE);
    Ran scored = score();
    assertThat(scored.code()).as(scored.err()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void itReportsItsBundleAsTrainDoes() throws IOException {
    JsonNode result = imported.json();

    assertThat(result.fieldNames())
        .toIterable()
        .containsExactly(
            "category", "version", "current", "bundle", "steps", "seconds", "threshold");
    assertThat(result.path("category").asText()).isEqualTo(OfficialModelFolder.CATEGORY);
    assertThat(result.path("version").asLong()).isEqualTo(1);
    assertThat(result.path("steps").asLong()).isZero();
    assertThat(LocalSpark.rows(warehouse, "select path, status from puad.models where version = 1"))
        .containsExactly("[" + result.path("bundle").asText() + ",ready]");
    assertThat(imported.err())
        .contains(
            "drawn_objects (LOCO): 6 training, 5 validation, 2 good, 1 structural, 2 logical");
  }

  @Test
  void itLeavesARunAndTheVersionIsCurrent() {
    assertThat(
            LocalSpark.rows(
                warehouse,
                "select outcome from puad.runs where command = 'import' order by started_at"))
        .startsWith("[done]");
    assertThat(LocalSpark.rows(warehouse, "select count(*) from puad.models where `current`"))
        .containsExactly("[1]");
  }

  @Test
  void picturableScoresAreTheOfficialOnes() throws IOException {
    JsonNode expected = expected().at("/official/image_scores");
    List<Row> scores = scores();
    for (int i = 0; i < scores.size(); i++) {
      assertThat(scores.get(i).<Double>getAs("picturable"))
          .isCloseTo(expected.get(i).asDouble(), within(2e-5));
    }
  }

  @Test
  void unpicturableScoresAreTheOfficialOnes() throws IOException {
    JsonNode expected = expected().at("/puad/student/mahalanobis");
    List<Row> scores = scores();
    for (int i = 0; i < scores.size(); i++) {
      double distance = expected.get(i).asDouble();
      assertThat(scores.get(i).<Double>getAs("unpicturable"))
          .isCloseTo(distance, within(2e-4 * distance));
    }
  }

  @Test
  void finalScoresAreTheOfficialOnes() throws IOException {
    JsonNode expected = expected().at("/puad/student/puad_score");
    List<Row> scores = scores();
    for (int i = 0; i < scores.size(); i++) {
      // Two terms of either sign make the score: the tolerance is of the larger one.
      double scale =
          Math.max(
              Math.abs(scores.get(i).<Double>getAs("picturable_z")),
              Math.abs(scores.get(i).<Double>getAs("unpicturable_z")));
      assertThat(scores.get(i).<Double>getAs("score"))
          .isCloseTo(expected.get(i).asDouble(), within(2e-4 * Math.max(scale, 1)));
    }
  }

  @Test
  void anomalyMapsAreTheOfficialOnes() throws IOException {
    JsonNode official = expected().get("official");
    float[] student = Fixtures.npy("maps/raw-student.npy").floats();
    float[] autoencoder = Fixtures.npy("maps/raw-autoencoder.npy").floats();
    List<Row> maps =
        byImage("select image, width, height, offset, scale, map from puad.anomaly_maps");
    assertThat(maps).hasSize(5);
    for (int i = 0; i < maps.size(); i++) {
      Row row = maps.get(i);
      assertThat(row.<Integer>getAs("width")).isEqualTo(SIDE);
      assertThat(row.<Integer>getAs("height")).isEqualTo(SIDE);
      float scale = row.getAs("scale");
      float[] actual =
          new HalfMap(
                  row.getAs("offset"),
                  scale,
                  Zstd.decompress(row.<byte[]>getAs("map"), 2 * SIDE * SIDE))
              .toFloats();
      for (int p = 0; p < actual.length; p++) {
        int at = i * SIDE * SIDE + p;
        double local = normalized(official, "student", student[at]);
        double global = normalized(official, "autoencoder", autoencoder[at]);
        assertThat((double) actual[p])
            .isCloseTo((local + global) / 2, within(2e-5 + scale / 4096.0));
      }
    }
  }

  @Test
  void quantilesAreThoseOfTheFile() throws IOException {
    JsonNode official = expected().get("official");

    assertThat(bundle(1).calibration(GraphVariant.WINOGRAD).scorer().scaling())
        .isEqualTo(
            new MapScaling(
                official.get("q_a_student").floatValue(),
                official.get("q_b_student").floatValue(),
                official.get("q_a_autoencoder").floatValue(),
                official.get("q_b_autoencoder").floatValue()));
  }

  @Test
  void theTeachersOwnStatisticsAreNotUsed() {
    float[] mean = Fixtures.npy("training/teacher-mu-official.npy").floats();
    float[] deviation = Fixtures.npy("training/teacher-sigma-official.npy").floats();

    Bundle bundle = bundle(1);

    for (int c = 0; c < mean.length; c++) {
      assertThat(bundle.statistics().mean()[c]).isEqualTo(mean[c]);
      assertThat(bundle.statistics().standardDeviation()[c]).isEqualTo(deviation[c]);
    }
  }

  @Test
  void theBundleHasTheWeightsOfTheFiles() throws IOException {
    Bundle bundle = bundle(1);

    assertThat(bundle.manifest().architecture().name()).isEqualTo("imported");
    assertThat(bundle.manifest().architecture().channels()).isEqualTo(24);
    try (TrainingNetwork network =
        TrainingNetwork.read(bundle.manifest().architecture(), bundle.network())) {
      assertSame(network.student(), reduced("student.pt"));
      assertSame(network.autoencoder(), reduced("autoencoder.pt"));
    }
  }

  @Test
  void theSameAgainReturnsTheVersionThatIsThere() throws IOException {
    Ran again = puad("import", "--pytorch", models, "--data", data);

    assertThat(again.code()).as(again.err()).isEqualTo(ExitCode.DONE);
    assertThat(again.out())
        .contains("version 1: was imported before with the same images; --force imports again");
  }

  @Test
  void theSameModelElsewhereIsTheSame(@TempDir Path elsewhere) throws IOException {
    OfficialModelFolder.writeModel(elsewhere);

    Ran again = puad("import", "--pytorch", elsewhere, "--data", data, "--json");

    assertThat(again.json().path("version").asLong()).isEqualTo(1);
  }

  @Test
  void byForceThereIsAnotherVersion(@TempDir Path other) {
    Path fresh = other.resolve("warehouse");
    for (int version = 1; version <= 2; version++) {
      Ran ran = Ran.in(fresh, "import", "--pytorch", models, "--data", data, "--force");
      assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
      assertThat(ran.out()).contains("drawn_objects version %d: imported in".formatted(version));
    }
  }

  @Test
  void quantilesOfResizedMapsDoNotScaleRawOnes(@TempDir Path other) {
    Path fresh = other.resolve("warehouse");

    Ran ran =
        Ran.in(fresh, "import", "--pytorch", models, "--data", data, "--map-variant", "nelson1425");

    assertThat(ran.err())
        .isEqualToIgnoringNewLines(
            "puad: Cannot import with puad.train.map-variant nelson1425: quantile.pt holds quantiles of resized maps, not of raw ones. Leave it at puad, or train with it.");
    assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
    assertThat(fresh).doesNotExist();
  }

  @Test
  void aModelOfTheMediumKindIsImportedAndScores(@TempDir Path other) throws IOException {
    Path category = OfficialModelFolder.writeModel(other);
    Path medium = Files.createDirectories(other.resolve("m_size/teacher")).getParent();
    Files.copy(
        Fixtures.path("networks/reduced/nelson-teacher-medium.pth"),
        medium.resolve("teacher/teacher_medium.pth"));
    Path there = medium.resolve(OfficialModelFolder.DATASET).resolve(category.getFileName());
    Files.createDirectories(there);
    for (String name : List.of("mu.pt", "sigma.pt", "quantile.pt", "autoencoder.pt")) {
      Files.copy(category.resolve(name), there.resolve(name));
    }
    NpzFile.write(there.resolve("student.pt"), mediumStudent().tensors());
    Path fresh = other.resolve("warehouse");

    Ran ran = Ran.in(fresh, "import", "--pytorch", other, "--data", data, "--size", "m", "--json");

    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    Bundle bundle = Bundle.open(Path.of(ran.json().path("bundle").asText()));
    assertThat(bundle.manifest().architecture().descriptor()).hasSize(6);
    Ran scored =
        Ran.in(
            fresh,
            "score",
            "--images",
            data.resolve("test"),
            "--category",
            OfficialModelFolder.CATEGORY,
            "--json");
    assertThat(scored.json().path("scored").asLong()).isEqualTo(5);
  }

  private static double normalized(JsonNode quantiles, String map, double value) {
    double low = quantiles.get("q_a_" + map).asDouble();
    return 0.1 * (value - low) / (quantiles.get("q_b_" + map).asDouble() - low);
  }

  private static StateDict mediumStudent() throws IOException {
    List<Architecture.Block> medium = Architecture.MEDIUM.descriptor();
    int[] widths = {16, 32, 32, 32, 24, 24};
    List<Architecture.Block> blocks = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      Architecture.Block block = medium.get(i);
      blocks.add(
          new Architecture.Block(block.kernel(), block.padding(), widths[i], block.pooled()));
    }
    Architecture reduced =
        new Architecture(
            "reduced",
            256,
            blocks,
            null,
            List.of(8, 8, 16, 16, 16),
            8,
            16,
            Architecture.MEDIUM.recipe());
    try (TrainingNetwork network = TrainingNetwork.create(reduced, 1)) {
      return network.student();
    }
  }

  private static StateDict reduced(String name) throws IOException {
    return WeightFile.read(Fixtures.path("networks/reduced/" + name));
  }

  private static void assertSame(StateDict actual, StateDict expected) {
    assertThat(actual.names()).containsExactlyElementsOf(expected.names());
    for (String name : expected.names()) {
      Tensor tensor = expected.tensor(name);
      assertThat(actual.shape(name)).as(name).isEqualTo(tensor.shape());
      assertThat(Arrays.mismatch(actual.tensor(name).bytes(), tensor.bytes()))
          .as(name)
          .isEqualTo(-1);
    }
  }

  private static Bundle bundle(long version) {
    String path =
        LocalSpark.open(warehouse)
            .sql("select path from puad.models where version = " + version)
            .first()
            .getString(0);
    return Bundle.open(Path.of(path));
  }

  private static JsonNode expected() throws IOException {
    return new ObjectMapper().readTree(Fixtures.path("maps/expected.json").toFile());
  }

  private static Ran score() {
    return puad(
        "score",
        "--images",
        data.resolve("test"),
        "--category",
        OfficialModelFolder.CATEGORY,
        "--json");
  }

  /** The five test images' scores, in the order of the golden files. */
  private static List<Row> scores() {
    List<Row> scores = byImage("select * from puad.scores");
    assertThat(scores).hasSize(5);
    return scores;
  }

  /** Rows by the names of their image files, which are numbers. */
  private static List<Row> byImage(String query) {
    return LocalSpark.open(warehouse)
        .sql(query + " where version = 1 order by regexp_extract(image, '[^/]+$', 0)")
        .collectAsList();
  }

  private static Ran puad(Object... arguments) {
    return Ran.in(warehouse, arguments);
  }
}
