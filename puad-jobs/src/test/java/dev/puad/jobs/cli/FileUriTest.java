package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.dataset.SplitCounts;
import dev.puad.model.dataset.ToyDataset;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.weights.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every option that names a path, given as a {@code file:} URI with an encoded space. */
class FileUriTest {

  @TempDir private static Path temporary;

  private static Path folder;
  private static String uri;

  @BeforeAll
  static void trainAndScoreByUris() throws IOException {
    folder = Files.createDirectory(temporary.toRealPath().resolve("two words"));
    uri = "file://" + folder.toString().replace(" ", "%20");
    ToyDataset.write(folder.resolve("data"), new SplitCounts(4, 3, 2, 2, 2), 128, 1);
    Files.writeString(folder.resolve("puad.conf"), "puad.train.steps = 1\n");
    try (TeacherNetwork teacher = TeacherNetwork.random(Architecture.TINY, 7)) {
      NpzFile.write(folder.resolve("teacher.npz"), teacher.weights().tensors());
    }
    puad("train --data U/data/black_circle --network tiny --conf U/puad.conf"
            + " --teacher U/teacher.npz --penalty-images U/data/black_circle/test")
        .done();
    puad("score --images U/data/black_circle/test --category black_circle --summary U/night.json")
        .done();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "warehouse/catalog.db",
        "warehouse/bundles/default/black_circle/v1/manifest.json",
        "night.json"
      })
  void trainAndScoreWriteWhereTheirUrisSay(String file) {
    assertThat(folder.resolve(file)).isRegularFile();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "toy --train 1 --validation 1 --good 1 --structural 1 --logical 1 --out U/toy"
            + " | toy/black_circle/train/good/000.png",
        "export --category black_circle --onnx U/puad.onnx | puad.onnx",
        "evaluate --data U/data/black_circle --write-maps U/maps"
            + " | maps/black_circle/test/good/000.tiff",
        "evaluate --data U/data/black_circle --maps U/maps | maps",
        "pack --images U/data/black_circle/test --out U/shards | shards",
      })
  void aCommandWritesWhereItsUriSays(String command, String file) {
    puad(command).done();

    assertThat(folder.resolve(file)).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "import --pytorch U/absent --data U/data/black_circle | /two words/absent",
        "distill --backbone U/absent.onnx --images generated --out U/t | /two words/absent.onnx",
        "distill --backbone U/b.onnx --images generated --out U/teacher.npz"
            + " | /two words/teacher.npz",
      })
  void aCommandReadsWhatItsUriSays(String command, String named) {
    Ran ran = puad(command);

    assertThat(ran.code()).isNotEqualTo(ExitCode.BUG);
    assertThat(ran.err()).contains(named).doesNotContain("file:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "toy --out X",
        "export --category c --onnx X",
        "distill --backbone X --images generated --out t",
        "distill --backbone b.onnx --images generated --out X",
        "score --images . --category c --summary X",
        "import --pytorch X --data .",
        "sql q --conf X",
        "sql q --warehouse X",
        "train --data . --teacher X",
      })
  void aPathElsewhereIsRefusedByOneLine(String command) {
    Ran ran = Ran.puad(command.replace("X", "hdfs://namenode/x").split(" "));

    String option = command.replaceAll(".*--(\\S+) X.*", "$1");
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.err()).contains(option, "hdfs://namenode/x").contains("must be a");
    assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void noFolderIsNamedFile() throws IOException {
    try (Stream<Path> here = Files.list(Path.of(""))) {
      assertThat(here.map(Path::toString)).noneMatch(name -> name.startsWith("file:"));
    }
  }

  private static Ran puad(String command) {
    List<String> words = new ArrayList<>(Arrays.asList(command.split(" ")));
    words.replaceAll(word -> word.startsWith("U/") ? uri + word.substring(1) : word);
    words.addAll(List.of("--master", "local[2]", "--warehouse", uri + "/warehouse"));
    return Ran.puad(words.toArray(String[]::new));
  }
}
