package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.pipeline.UntrainedBundle;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Models;
import dev.puad.model.detect.Analysis;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.Calibration;
import dev.puad.model.detect.Detector;
import dev.puad.model.detect.Device;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.detect.ScoringGraph;
import dev.puad.model.generate.GeneratedImage;
import dev.puad.model.onnx.OnnxSessions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code puad export} of one bundle. */
class ExportCommandTest {

  private static final String CATEGORY = "exported";
  private static final int SIDE = 128;

  @TempDir private static Path temporary;

  private static Path warehouse;
  private static Bundle bundle;

  /** Empty before each test. */
  @TempDir private Path folder;

  @BeforeAll
  static void publish() throws IOException {
    warehouse = temporary.resolve("warehouse");
    bundle = UntrainedBundle.of(CATEGORY);
    Path written = temporary.resolve("bundle");
    String checksum = bundle.write(written);
    new Models(Lake.open(LocalSpark.open(warehouse)))
        .publish(UntrainedBundle.row(CATEGORY, 1, written, checksum));
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "winograd"})
  void whatItWritesScoresAsTheBundleDoes(String graph) throws OrtException, IOException {
    Path file = folder.resolve("puad.onnx");
    byte[] image = GeneratedImage.draw(1, 1, SIDE).pixels();
    Calibration.Detection reference = reference(image);

    export("--onnx", file, "--graph", graph).done();

    try (OrtSession session = open(file);
        OnnxTensor pixels =
            OnnxTensor.createTensor(
                OnnxSessions.runtime(),
                ByteBuffer.allocateDirect(image.length).put(image).flip(),
                new long[] {1, SIDE, SIDE, 3},
                OnnxJavaType.UINT8);
        OrtSession.Result result = session.run(Map.of(ScoringGraph.IMAGE, pixels))) {
      assertThat((double) number(result, ScoringGraph.PICTURABLE))
          .isCloseTo(reference.scores().picturable(), within(1e-4));
      assertThat((double) number(result, ScoringGraph.UNPICTURABLE))
          .isCloseTo(reference.scores().unpicturable(), within(1e-4));
      assertThat((double) number(result, ScoringGraph.SCORE))
          .isCloseTo(reference.score(), within(1e-4 * Math.max(1, Math.abs(reference.score()))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "winograd"})
  void theModelTellsWhatItIs(String graph) throws OrtException, IOException {
    Path file = folder.resolve("puad.onnx");

    export("--onnx", file, "--graph", graph).done();

    try (OrtSession session = open(file)) {
      assertThat(session.getMetadata().getCustomMetadata())
          .containsEntry("category", CATEGORY)
          .containsEntry("version", "1")
          .containsEntry("threshold", Double.toString(UntrainedBundle.THRESHOLD))
          .containsEntry("graph", graph);
    }
  }

  @Test
  void theGraphIsPlainUnlessAnotherIsAskedFor() throws IOException {
    Path file = folder.resolve("puad.onnx");
    Path plain = folder.resolve("plain.onnx");

    export("--onnx", file).done();
    export("--onnx", plain, "--graph", "plain").done();

    assertThat(Arrays.mismatch(Files.readAllBytes(file), Files.readAllBytes(plain))).isEqualTo(-1);
  }

  @Test
  void reportsWhatItWrote() throws IOException {
    Path file = folder.resolve("puad.onnx");

    JsonNode result = export("--onnx", file, "--graph", "winograd", "--json").done().json();

    assertThat(Ran.names(result))
        .containsExactly("category", "version", "onnx", "graph", "opset", "bytes");
    assertThat(result.path("category").asText()).isEqualTo(CATEGORY);
    assertThat(result.path("version").asLong()).isEqualTo(1);
    assertThat(result.path("onnx").asText()).isEqualTo(file.toString());
    assertThat(result.path("graph").asText()).isEqualTo("winograd");
    assertThat(result.path("opset").asInt()).isEqualTo(13);
    assertThat(result.path("bytes").asLong()).isEqualTo(Files.size(file));
  }

  @Test
  void printsOneLine() {
    Path file = folder.resolve("puad.onnx");

    assertThat(export("--onnx", file).done().out())
        .matches(
            "\\Q%s\\E: version 1 of category exported, graph plain, ONNX operator set 13, \\d+\\.\\d MB\n"
                .formatted(file));
  }

  @Test
  void whatIsThereIsReplacedAsAWhole() throws IOException, OrtException {
    Path file = folder.resolve("puad.onnx");
    Files.write(file, new byte[64 << 20]);

    export("--onnx", file).done();

    open(file).close();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void anUnknownGraphIsRefused() throws IOException {
    export("--onnx", folder.resolve("puad.onnx"), "--graph", "fast")
        .assertMistake(
            ExitCode.USAGE, "Cannot export with --graph fast. Choose plain or winograd.");
    assertNothingWritten();
  }

  @Test
  void deeplearning4jsGraphIsRefused() throws IOException {
    export("--onnx", folder.resolve("puad.onnx"), "--graph", "dl4j")
        .assertMistake(
            ExitCode.USAGE, "Cannot export with --graph dl4j. Choose plain or winograd.");
    assertNothingWritten();
  }

  @Test
  void aFolderThatDoesNotExistIsNotMade() throws IOException {
    Path absent = folder.resolve("absent");

    export("--onnx", absent.resolve("puad.onnx"))
        .assertMistake(
            ExitCode.USAGE,
            "Cannot write --onnx %s/puad.onnx: there is no folder %s. Correct the path."
                .formatted(absent, absent));
    assertNothingWritten();
  }

  @Test
  void aFolderIsNoFileToWrite() throws IOException {
    export("--onnx", folder)
        .assertMistake(
            ExitCode.USAGE,
            "Cannot write --onnx %s: it is a folder. Name a file.".formatted(folder));
    assertNothingWritten();
  }

  @Test
  void aCategoryWithoutABundleIsNamed() throws IOException {
    Ran.in(
            warehouse,
            "export",
            "--dataset",
            UntrainedBundle.DATASET,
            "--category",
            "triangle",
            "--onnx",
            folder.resolve("puad.onnx"))
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot use category triangle: it has no bundle in %s. Run: puad train --data DIR/triangle"
                .formatted(warehouse));
    assertNothingWritten();
  }

  @Test
  void aVersionThatDoesNotExistIsNamed() throws IOException {
    export("--onnx", folder.resolve("puad.onnx"), "--version", 9)
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot use version 9 of category exported: its versions are 1. Choose one with --version.");
    assertNothingWritten();
  }

  @Test
  void withoutAWarehouseNoneIsMade() {
    Path none = folder.resolve("none");

    Ran.in(none, "export", "--category", CATEGORY, "--onnx", folder.resolve("puad.onnx"))
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot read tables: no warehouse in %s. Run puad train or puad import first, or correct --warehouse."
                .formatted(none));
    assertThat(none).doesNotExist();
  }

  private void assertNothingWritten() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  private static Calibration.Detection reference(byte[] image) {
    try (Detector detector = bundle.detector(GraphVariant.DL4J).open(Device.cpu(1))) {
      Analysis analysis = detector.analyze(List.of(image)).get(0);
      return bundle.calibration(GraphVariant.DL4J).detect(analysis, SIDE, SIDE);
    }
  }

  private static OrtSession open(Path file) throws OrtException, IOException {
    return OnnxSessions.open(Files.readAllBytes(file), 1, OptionalInt.empty());
  }

  private static float number(OrtSession.Result result, String output) {
    return ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer().get(0);
  }

  private static Ran export(Object... options) {
    Object[] fixed = {"export", "--dataset", UntrainedBundle.DATASET, "--category", CATEGORY};
    return Ran.in(warehouse, Stream.concat(Arrays.stream(fixed), Arrays.stream(options)).toArray());
  }
}
