package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.puad.jobs.SmallBackbone;
import dev.puad.model.Sha256;
import dev.puad.model.dataset.SplitCounts;
import dev.puad.model.dataset.ToyDataset;
import dev.puad.model.distill.TeacherFile;
import dev.puad.model.generate.GeneratedImage;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.weights.SafetensorsFile;
import dev.puad.model.weights.StateDict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Teachers of tiny, distilled in a few steps at 64 px from a small backbone. */
@Tag("slow")
class DistillCommandTest {

  private static final int IMAGES = 5;

  @TempDir private static Path folder;

  private static Path backbone;
  private static Path images;
  private static Path teacher;
  private static Ran distilled;

  @TempDir private Path elsewhere;

  @BeforeAll
  static void distilOnce() throws IOException {
    folder = folder.toRealPath();
    backbone = Files.write(folder.resolve("backbone.onnx"), SmallBackbone.onnx());
    images = writeImages(folder.resolve("images"), IMAGES);
    teacher = folder.resolve("teacher.safetensors");
    distilled = distill(teacher, "--json").done();
  }

  @Test
  void jsonTellsTheTeacherAndItsLoss() {
    JsonNode result = distilled.json();
    assertThat(Ran.names(result))
        .containsExactly("teacher", "network", "steps", "images", "loss", "seconds");
    assertThat(result.path("teacher").asText()).isEqualTo(teacher.toString());
    assertThat(result.path("steps").asInt()).isEqualTo(6);
    assertThat(result.path("images").asInt()).isEqualTo(IMAGES);
    assertThat(result.path("loss").asDouble()).isPositive();
  }

  @Test
  void theRunIsRecorded() {
    Ran runs =
        Ran.puad(
            "sql",
            "SELECT count(*) AS runs FROM puad.runs WHERE command = 'distill' AND outcome = 'done'",
            "--warehouse=" + folder.resolve("warehouse"),
            "--master=local[2]",
            "--json");
    assertThat(runs.done().json().path("rows").path(0).path(0).asInt()).isPositive();
  }

  @Test
  void theFileHoldsATeacherOfTheNetwork() throws IOException {
    StateDict file = SafetensorsFile.read(teacher);
    TeacherNetwork.of(Architecture.TINY, TeacherFile.weights(file)).close();
    assertThat(file.tensor("statistics.mean").size())
        .isEqualTo(SmallBackbone.FINE_CHANNELS + SmallBackbone.COARSE_CHANNELS);
    assertThat(file.tensor("statistics.deviation").doubles()).doesNotContain(0);
  }

  @Test
  void trainTakesTheFileAsItsTeacher() throws IOException {
    Path category =
        ToyDataset.write(elsewhere.resolve("toy"), new SplitCounts(2, 2, 1, 1, 1), 128, 1);

    Ran trained =
        Ran.in(
            elsewhere.resolve("warehouse"),
            "train",
            "--data",
            category,
            "--network",
            "tiny",
            "--steps",
            1,
            "--teacher",
            teacher,
            "--json");

    assertThat(trained.done().json().path("version").asInt()).isEqualTo(1);
  }

  @Test
  void trainingAnotherNetworkWithTheFileIsRefused() throws IOException {
    Path category =
        ToyDataset.write(elsewhere.resolve("toy"), new SplitCounts(2, 2, 1, 1, 1), 128, 1);

    Ran.in(
            elsewhere.resolve("warehouse"),
            "train",
            "--data",
            category,
            "--network",
            "small",
            "--teacher",
            teacher)
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot use %s: its tensor conv1.weight is [32, 3, 4, 4], not [128, 3, 4, 4]. Give the weights of a network of this size."
                .formatted(teacher));
  }

  @Test
  void theFileSaysHowItWasMade() throws IOException {
    Map<String, String> made = SafetensorsFile.metadata(teacher);
    assertThat(made)
        .containsEntry("network", "tiny")
        .containsEntry("recipe", "fast")
        .containsEntry("backbone-sha256", Sha256.of(Files.readAllBytes(backbone)))
        .containsEntry("images", Integer.toString(IMAGES))
        .containsEntry("steps", "6")
        .containsEntry("seed", "1")
        .containsEntry("loss", Double.toString(distilled.json().path("loss").asDouble()))
        .containsEntry(
            "licence",
            "Derived from the backbone's weights, and from the images unless these were"
                + " generated: their terms apply.");
  }

  @Test
  void theFileDoesNotSayWhereAnythingLay() throws IOException {
    assertThat(SafetensorsFile.metadata(teacher).values())
        .noneMatch(value -> value.contains(folder.toString()) || value.contains("backbone.onnx"));
  }

  @Test
  void aLicenceNoteIsKept() throws IOException {
    Path out = elsewhere.resolve("noted.safetensors");
    distill(out, "--licence=Apache-2.0", "--steps=1").done();
    assertThat(SafetensorsFile.metadata(out)).containsEntry("licence", "Apache-2.0");
  }

  @Test
  void withNoCheckpointResumingIsStartingAnewAndTheSameSeedGivesTheSameBytes() throws IOException {
    Path out = elsewhere.resolve("again.safetensors");
    Ran again = distill(out, "--resume").done();

    assertThat(again.err()).doesNotContain("going on");
    assertThat(out).hasSameBinaryContentAs(teacher);
  }

  @Test
  void anotherSeedGivesAnotherTeacher() throws IOException {
    Path out = elsewhere.resolve("other.safetensors");
    distill(out, "--seed=2").done();
    assertThat(SafetensorsFile.read(out).tensor("conv1.weight").bytes())
        .isNotEqualTo(SafetensorsFile.read(teacher).tensor("conv1.weight").bytes());
  }

  @Test
  void thePapersRecipeMakesATeacherToo() throws IOException {
    Path out = elsewhere.resolve("paper.safetensors");
    Ran ran = distill(out, "--recipe=paper", "--steps=2").done();

    StateDict file = SafetensorsFile.read(out);
    TeacherNetwork.of(Architecture.TINY, TeacherFile.weights(file)).close();
    assertThat(file.tensor("statistics.mean").size()).isEqualTo(Architecture.TINY.channels());
    assertThat(ran.out()).startsWith("a teacher for network tiny in " + out + ": 2 steps in ");
  }

  /** The backbone's features of whole images are kept where they fit. */
  @Test
  void whatFitsIntoTheCacheChangesNoBit() {
    Path kept = elsewhere.resolve("kept.safetensors");
    Path anew = elsewhere.resolve("anew.safetensors");
    distill(kept, "--recipe=paper").done();
    distill(anew, "--recipe=paper", "-Ddistill.feature-cache-bytes=1").done();
    assertThat(anew).hasSameBinaryContentAs(kept);
  }

  @Test
  void generatedImagesNeedNoFolder() throws IOException {
    Path out = elsewhere.resolve("generated.safetensors");
    distill(out, "--images=generated", "--steps=2").done();
    assertThat(SafetensorsFile.metadata(out))
        .containsEntry("images", "4")
        .containsEntry("image-source", "generated " + GeneratedImage.VERSION);
  }

  @Test
  void twoWorkersShareTheStepsAndRepeatThemBitForBit() {
    Path out = elsewhere.resolve("two.safetensors");
    Ran ran = distill(out, "--workers=2", "--averaging-frequency=2", "--json").done();
    assertThat(ran.json().path("steps").asInt()).isEqualTo(6);

    Path again = elsewhere.resolve("again.safetensors");
    distill(again, "--workers=2", "--averaging-frequency=2").done();
    assertThat(again).hasSameBinaryContentAs(out);
  }

  /** By SIGKILL, after which nothing can be tidied up. */
  @Test
  void killedAndResumedItEndsWithTheTeacherOfAnUndisturbedRun() throws Exception {
    String[] options = {"--steps=50", "--averaging-frequency=5", "-Ddistill.checkpoint-seconds=0"};
    Path undisturbed = elsewhere.resolve("undisturbed.safetensors");
    Path out = elsewhere.resolve("killed.safetensors");
    Path checkpoint = elsewhere.resolve("killed.safetensors.checkpoint");

    distill(undisturbed, options).done();
    killOnce(checkpoint, arguments(out, options));

    assertThat(out).doesNotExist();
    assertThat(checkpoint).isRegularFile();
    distill(out, options)
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot start --out %s anew: %s is there. --resume goes on from it, --force discards it."
                .formatted(out, checkpoint));
    distill(out, "--steps=48", "--averaging-frequency=5", "--resume")
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot resume from %s: it was made with other options, images or another backbone. Repeat them, or give --force instead of --resume to start anew."
                .formatted(checkpoint));

    Ran resumed = distill(out, "--steps=50", "--averaging-frequency=5", "--resume").done();

    assertThat(resumed.err()).containsPattern("puad: going on after step [1-9]");
    assertThat(out).hasSameBinaryContentAs(undisturbed);
    assertThat(checkpoint).doesNotExist();
  }

  @Test
  void aDamagedCheckpointIsRefused() throws IOException {
    Path out = elsewhere.resolve("teacher.safetensors");
    Path checkpoint = Files.writeString(elsewhere.resolve("teacher.safetensors.checkpoint"), "x");

    distill(out, "--resume")
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot resume from %s: it is damaged. Give --force instead of --resume to start anew."
                .formatted(checkpoint));
  }

  @Test
  void aFileThatIsThereIsKeptUnlessForced() throws IOException {
    Path out = Files.writeString(elsewhere.resolve("teacher.safetensors"), "mine");

    distill(out, "--steps=1")
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot write --out %s: it is there already. Give another name, or --force to replace it."
                .formatted(out));
    assertThat(out).hasContent("mine");

    distill(out, "--steps=1", "--force").done();
    assertThat(SafetensorsFile.metadata(out)).containsEntry("steps", "1");
  }

  @Test
  void aFolderThatIsNotThereIsNoPlaceForATeacher() {
    Path out = elsewhere.resolve("absent/teacher.safetensors");
    distill(out)
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot write --out %s: it has to be a file in a folder that exists and can be written."
                .formatted(out));
  }

  @Test
  void othersTakeThePlaceOfImagesThatCannotBeRead() throws IOException {
    Path some = writeImages(elsewhere.toRealPath().resolve("some"), 3);
    Path broken = Files.writeString(some.resolve("broken.png"), "no image");

    Ran ran = distill(elsewhere.resolve("some.safetensors"), "--images=" + some).done();

    assertThat(ran.err())
        .contains(
            "puad: images that cannot be read, others took their place: 1; the first is file://%s: "
                .formatted(broken));
  }

  @Test
  void aFolderOfBrokenImagesIsRefused() throws IOException {
    Path all = Files.createDirectories(elsewhere.toRealPath().resolve("all"));
    for (int i = 0; i < 3; i++) {
      Files.writeString(all.resolve(i + ".png"), "no image");
    }

    Ran ran = distill(elsewhere.resolve("none.safetensors"), "--images=" + all);

    assertThat(ran.code()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(ran.err())
        .matches(
            ("puad: Cannot use --images file://\\Q%s\\E: of 3 images drawn from it none can be read, the"
                    + " last is file://\\Q%s\\E/\\d.png: [^\\n]*\\. Replace the files or choose another folder\\.\\n")
                .formatted(all, all));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--backbone-outputs=fine,deep"
            + "|Cannot use backbone %s: it has no output deep, only fine, coarse. Correct --backbone-outputs.",
        "--backbone-outputs=coarse"
            + "|Cannot distil network tiny from %s: its outputs [coarse] have 48 channels, fewer than the"
            + " teacher's 64. Choose more outputs with --backbone-outputs, or another network.",
        "--backbone-centres=3.5"
            + "|Cannot use --backbone-centres [3.5] with the outputs [fine, coarse]: give one a piece.",
        "--backbone-size=72 --backbone-centres=3.5,7.5"
            + "|Cannot use --backbone-centres with output coarse of %s: on images of 72 px it has 4 x 4"
            + " cells, which is no stride of 2, 4, 8 and so on. Choose another --backbone-size, or leave the"
            + " centres out.",
        "--backbone=absent.onnx"
            + "|Cannot read --backbone absent.onnx: there is no such file. Correct the path.",
        "--images=absent|Cannot read absent: there is no such folder. Correct the path.",
        "--image-size=32"
            + "|Cannot distil on images of 32 px: without padding a teacher sees nothing of them. Choose"
            + " --image-size 36 or more, or the recipe paper."
      })
  void inputThatCannotBeUsed(String options, String message) {
    distill(elsewhere.resolve("teacher.safetensors"), options.split(" "))
        .assertMistake(ExitCode.BAD_INPUT, message.formatted(backbone));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--images=|Cannot use --images \"\": it is empty. Give a folder of natural images, or generated.",
        "--precision=half"
            + "|Cannot set puad.distill.precision to half, the value must be one of float32, int8.",
        "--recipe=slow"
            + "|Cannot set puad.distill.recipe to slow, the value must be one of paper, fast.",
        "--image-size=66"
            + "|Cannot set puad.distill.image-size to 66, the value must be a multiple of 4.",
        "--pixel-scaling=zero"
            + "|Cannot set puad.distill.pixel-scaling to zero, the value must be imagenet,"
            + " symmetric, unit, or mean and deviation of pixels from 0 to 1 as R,G,B/R,G,B."
      })
  void optionsThatAreWrong(String option, String message) {
    distill(elsewhere.resolve("teacher.safetensors"), option)
        .assertMistake(ExitCode.USAGE, message);
  }

  private static void killOnce(Path checkpoint, List<String> arguments) throws Exception {
    Path folder = checkpoint.getParent();
    Path err = folder.resolve("err.txt");
    Process process = JavaProcess.start(folder, err, Puad.class, arguments);
    try {
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
      while (!Files.exists(checkpoint) && process.isAlive() && System.nanoTime() < deadline) {
        Thread.sleep(5);
      }
      assertThat(checkpoint).as(Files.readString(err)).exists();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static Ran distill(Path out, String... options) {
    return Ran.puad(arguments(out, options).toArray(String[]::new));
  }

  /** A command line on two cores; an option that is given takes the place of its default. */
  private static List<String> arguments(Path out, String... options) {
    Map<String, String> byName = new LinkedHashMap<>();
    List.of(
            "--backbone=" + backbone,
            "--images=" + images,
            "--out=" + out,
            "--network=tiny",
            "--image-size=64",
            "--backbone-size=64",
            "--steps=6",
            "--batch-size=2",
            "-Ddistill.statistics-images=4",
            "--master=local[2]",
            "--warehouse=" + folder.resolve("warehouse"))
        .forEach(option -> byName.put(option.replaceFirst("=.*", ""), option));
    for (String option : options) {
      byName.put(option.replaceFirst("=.*", ""), option);
    }
    List<String> arguments = new ArrayList<>(List.of("distill"));
    arguments.addAll(byName.values());
    return arguments;
  }

  private static Path writeImages(Path folder, int count) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < count; i++) {
      Files.write(folder.resolve(i + ".png"), PngEncoder.encode(GeneratedImage.draw(1, i, 96)));
    }
    return folder;
  }
}
