package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.puad.model.network.Architecture;
import dev.puad.model.network.NarrowNetworks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import onnx.Onnx.ModelProto;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX's own checker, a package of Python, on what a bundle exports. */
class OnnxCheckerTest {

  private static final String CHECK =
      "import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)";

  private static final Optional<String> PYTHON =
      Stream.of("python3", "/usr/bin/python3").filter(OnnxCheckerTest::hasPackage).findFirst();

  @TempDir private Path folder;

  @BeforeEach
  void findThePackage() {
    assumeTrue(
        PYTHON.isPresent(), "skipped: no Python here has the package onnx, Debian's python3-onnx");
  }

  static Stream<Arguments> models() {
    List<Arguments> models = new ArrayList<>();
    for (Architecture network :
        List.of(NarrowNetworks.SIXTEEN_CHANNELS, NarrowNetworks.MEDIUM, Architecture.TINY)) {
      for (GraphVariant graph : List.of(GraphVariant.PLAIN, GraphVariant.WINOGRAD)) {
        for (MapVariant variant : MapVariant.values()) {
          models.add(Arguments.of(Named.of(network.name(), network), graph, variant));
        }
      }
    }
    return models.stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void aModelIsValid(Architecture network, GraphVariant graph, MapVariant variant)
      throws IOException, InterruptedException {
    Bundle bundle = NarrowDetector.bundle(network, FeatureSource.STUDENT, variant);
    assertThat(check(bundle.onnx(graph))).isEmpty();
  }

  /** Else the checker has not looked. */
  @Test
  void aModelWithoutAnInputIsNot() throws IOException, InterruptedException {
    ModelProto.Builder model =
        ModelProto.parseFrom(NarrowDetector.bundle(FeatureSource.STUDENT).onnx()).toBuilder();
    model.getGraphBuilder().clearInput();
    assertThat(check(model.build().toByteArray())).contains("ValidationError");
  }

  /** What the checker says against a model; nothing if it is valid. */
  private String check(byte[] model) throws IOException, InterruptedException {
    Path file = folder.resolve("puad.onnx");
    Files.write(file, model);
    Path said = folder.resolve("said.txt");
    Process checker =
        new ProcessBuilder(PYTHON.orElseThrow(), "-c", CHECK, file.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(checker.waitFor(1, TimeUnit.MINUTES)).isTrue();
    String text = Files.readString(said);
    assertThat(text.isEmpty()).as(text).isEqualTo(checker.exitValue() == 0);
    return text;
  }

  private static boolean hasPackage(String python) {
    try {
      return new ProcessBuilder(python, "-c", "import onnx")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      // There is no such program.
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
