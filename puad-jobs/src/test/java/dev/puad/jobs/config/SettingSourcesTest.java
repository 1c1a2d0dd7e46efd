package dev.puad.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingSourcesTest {

  @TempDir Path directory;

  @Test
  void defaultsResolve() {
    Settings settings = Settings.sources().resolve();

    assertThat(settings.seed()).isEqualTo(1);
    assertThat(settings.warehouse()).isEqualTo(Path.of("warehouse").toAbsolutePath());
    assertThat(settings.train())
        .isEqualTo(
            new TrainSettings(
                "small", 0, "builtin", 0, 1, 1, 10, "none", "", 1 << 30, 0.01, 30, "student",
                "puad"));
    assertThat(settings.image()).isEqualTo(new ImageSettings(1 << 26, 256 << 20));
    assertThat(settings.archive()).isEqualTo(new ArchiveSettings(1_000_000, 200, 60));
    assertThat(settings.score())
        .isEqualTo(new ScoreSettings(2000, 1.0, 0.0, "auto", "auto", 0, 4L << 30, 3L << 30));
    assertThat(settings.evaluate())
        .isEqualTo(new EvaluateSettings(List.of(0.01, 0.05, 0.1, 0.3, 1.0), 1e-5, 1 << 26));
  }

  @Test
  void laterSourcesWin() throws IOException {
    Path file = write("puad { seed = 2, dataset = loco, train { steps = 20, workers = 4 } }");

    Settings settings =
        Settings.sources()
            .file(file)
            .override("train.steps", "30")
            .override("dataset", "mvtec")
            .option("--steps", "train.steps", 40L)
            .option("--workers", "train.workers", null)
            .resolve();

    assertThat(settings.seed()).isEqualTo(2);
    assertThat(settings.dataset()).isEqualTo("mvtec");
    assertThat(settings.train().steps()).isEqualTo(40);
    assertThat(settings.train().workers()).isEqualTo(4);
  }

  @Test
  void anOverridesKeyMayStartWithPuad() {
    assertThat(Settings.sources().override("puad.seed", "7").resolve().seed()).isEqualTo(7);
  }

  @Test
  void aListIsGivenInBrackets() {
    assertThat(
            Settings.sources()
                .override("evaluate.fpr-limits", "[0.05, 0.3]")
                .resolve()
                .evaluate()
                .fprLimits())
        .containsExactly(0.05, 0.3);
  }

  @Test
  void aPathMayHoldWhatHoconReserves() {
    assertThat(Settings.sources().override("warehouse", "/a b/#c:d=1$").resolve().warehouse())
        .isEqualTo(Path.of("/a b/#c:d=1$"));
  }

  @Test
  void anUnknownKeyOfAFileNamesItsPlaceAndTheClosestKey() throws IOException {
    Path file = write("puad {\n  train {\n    stepz = 3\n  }\n}\n");

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Settings.sources().file(file))
        .withMessage(
            "Unknown configuration key puad.train.stepz (from %s: 3). Did you mean puad.train.steps?"
                .formatted(file));
  }

  @Test
  void aKeyOutsidePuadIsUnknown() throws IOException {
    Path file = write("train.steps = 3");

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Settings.sources().file(file))
        .withMessage(
            "Unknown configuration key train.steps (from %s: 1). Did you mean puad.train.steps?"
                .formatted(file));
  }

  @Test
  void anUnknownOverrideNamesTheKeyWithTheSameLastPart() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Settings.sources().override("steps", "3"))
        .withMessage(
            "Unknown configuration key puad.steps (from -Dsteps). Did you mean puad.train.steps?");
  }

  @Test
  void anUnknownKeyUnlikeAnyListsTheKeys() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Settings.sources().override("zzzzzzzzzzzz", "3"))
        .withMessageStartingWith(
            "Unknown configuration key puad.zzzzzzzzzzzz (from -Dzzzzzzzzzzzz). The keys are"
                + " archive.max-entries,");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train.batch-size | 0 | Cannot set puad.train.batch-size to 0, the value must be positive.",
        "train.steps | -1 | Cannot set puad.train.steps to -1, the value must not be negative.",
        "score.graph | fast"
            + " | Cannot set puad.score.graph to fast, the value must be one of dl4j, plain, winograd, auto.",
        "score.device | tpu"
            + " | Cannot set puad.score.device to tpu, the value must be one of cpu, gpu, auto.",
        "score.graph-batch | -1"
            + " | Cannot set puad.score.graph-batch to -1, the value must not be negative.",
        "score.batch-bytes | 0"
            + " | Cannot set puad.score.batch-bytes to 0, the value must be positive.",
        "train.steps | 1.5 | Cannot set puad.train.steps to 1.5, the value must be a whole number below 2^31.",
        "train.image-size | -1"
            + " | Cannot set puad.train.image-size to -1, the value must not be negative.",
        "train.augmentation | flip"
            + " | Cannot set puad.train.augmentation to flip, the value must be none, loco, or some"
            + " of vertical-flip, horizontal-flip, rotation, color-jitter with commas between.",
        "train.teacher-cache-bytes | -1"
            + " | Cannot set puad.train.teacher-cache-bytes to -1, the value must not be negative.",
        "train.workers | two | Cannot set puad.train.workers to two, the value must be a number.",
        "train.network | huge"
            + " | Cannot set puad.train.network to huge, the value must be one of small, medium, tiny.",
        "dataset | ../x | Cannot set puad.dataset to ../x, the value must be a plain name.",
        "dataset | .. | Cannot set puad.dataset to .., the value must be a plain name.",
        "train.false-alarm-rate | 1"
            + " | Cannot set puad.train.false-alarm-rate to 1.0, the value must be above 0 and below 1.",
        "score.max-reject-rate | 1.1"
            + " | Cannot set puad.score.max-reject-rate to 1.1, the value must be 0 to 1.",
        "evaluate.fpr-limits | [0.3, 0.1]"
            + " | Cannot set puad.evaluate.fpr-limits to [0.3, 0.1], the value must be ascending.",
        "evaluate.fpr-limits | 0.3,"
            + " | Cannot set puad.evaluate.fpr-limits to 0.3,, the value must be a list like [0.05, 0.3].",
        "evaluate.error-bound | -1e-5"
            + " | Cannot set puad.evaluate.error-bound to -1.0E-5, the value must be in [0, 1).",
        "evaluate.state-bytes | 0"
            + " | Cannot set puad.evaluate.state-bytes to 0, the value must be positive.",
      })
  void aWrongValueIsNamedWithItsKey(String key, String value, String message) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Settings.sources().override(key, value).resolve())
        .withMessage(message);
  }

  @Test
  void aRemoteWarehouseIsRefused() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(
            () -> Settings.sources().option("--warehouse", "warehouse", "s3a://b/w").resolve())
        .withMessageStartingWith(
            "Cannot set puad.warehouse to s3a://b/w, the value must be a local or mounted");
  }

  @Test
  void aNullInAFileIsAWrongValue() throws IOException {
    Path file = write("puad.dataset = null");

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Settings.sources().file(file).resolve())
        .withMessage("Cannot set puad.dataset to null, the value must be a string.");
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = directory.resolve("missing.conf");

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Settings.sources().file(missing))
        .withMessage(
            "Cannot read --conf %s: there is no such file. Correct the path.".formatted(missing));
  }

  @Test
  void aFileThatIsNotHoconIsNamedInOneLine() throws IOException {
    Path file = write("puad {\n seed = \n }}");

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Settings.sources().file(file))
        .satisfies(
            e ->
                assertThat(e.getMessage())
                    .startsWith("Cannot read --conf " + file)
                    .endsWith("Correct the file.")
                    .doesNotContain("\n"));
  }

  private Path write(String hocon) throws IOException {
    return Files.writeString(directory.resolve("my.conf"), hocon);
  }
}
