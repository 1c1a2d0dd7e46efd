package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.NarrowModelFolder;
import dev.puad.jobs.TorchZip;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import dev.puad.model.weights.WeightFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each flaw in an official model folder is one line and exit code 3, and leaves nothing behind. */
class HostileImportTest {

  @TempDir private Path folder;

  private Path models;
  private Path model;
  private Path data;

  @BeforeEach
  void write() throws IOException {
    models = folder.resolve("models");
    model = NarrowModelFolder.writeModel(models);
    data = NarrowModelFolder.writeImages(folder.resolve("data"));
  }

  @Test
  void aFolderWithoutFlawIsImported() {
    Ran ran = importModel();

    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void aPickleThatNamesACommandIsNotRun() throws IOException {
    Path marker = folder.resolve("executed");
    String pickle = "cos\nsystem\n(S'touch " + marker + "'\ntR.";
    try (OutputStream out = Files.newOutputStream(model.resolve("student.pt"));
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("student/data.pkl"));
      zip.write(pickle.getBytes(StandardCharsets.US_ASCII));
    }

    assertRefused("student.pt", "os.system");
    assertThat(marker).doesNotExist();
  }

  @Test
  void aZipBombIsNotInflated() throws IOException {
    try (OutputStream out = Files.newOutputStream(model.resolve("autoencoder.pt"));
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(Deflater.BEST_SPEED);
      zip.putNextEntry(new ZipEntry("autoencoder/data.pkl"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 129; i++) {
        zip.write(zeros);
      }
    }

    assertRefused("autoencoder.pt", "autoencoder/data.pkl", "more than 128 MiB");
  }

  @Test
  void aTruncatedFileIsRefused() throws IOException {
    Path teacher = models.resolve("s_size/teacher/teacher.pt");
    byte[] whole = Files.readAllBytes(teacher);
    Files.write(teacher, Arrays.copyOf(whole, whole.length / 2));

    assertRefused("teacher.pt", "Cannot read");
  }

  @Test
  void aMissingTensorIsNamed() throws IOException {
    Map<String, Tensor> tensors = tensors("student.pt");
    tensors.remove("conv2.bias");
    TorchZip.writeDict(model.resolve("student.pt"), tensors);

    assertRefused("student.pt", "it has no tensor conv2.bias");
  }

  @Test
  void aTensorThatDecidesTheWidthsAndIsMissingIsNamed() throws IOException {
    Map<String, Tensor> tensors = tensors("autoencoder.pt");
    tensors.remove("encoder.enconv6.weight");
    TorchZip.writeDict(model.resolve("autoencoder.pt"), tensors);

    assertRefused("autoencoder.pt", "it has no tensor encoder.enconv6.weight");
  }

  @Test
  void aTensorOfAnotherShapeIsNamed() throws IOException {
    Map<String, Tensor> tensors = tensors("autoencoder.pt");
    tensors.put("decoder.deconv5.weight", Tensor.of(new float[2304], 16, 16, 3, 3));
    TorchZip.writeDict(model.resolve("autoencoder.pt"), tensors);

    assertRefused("autoencoder.pt", "decoder.deconv5.weight is [16, 16, 3, 3], not [16, 16, 4, 4]");
  }

  @Test
  void aTensorTooManyIsNamed() throws IOException {
    Map<String, Tensor> tensors = tensors("student.pt");
    tensors.put("conv9.weight", Tensor.of(new float[1], 1));
    TorchZip.writeDict(model.resolve("student.pt"), tensors);

    assertRefused("student.pt", "conv9.weight has no place");
  }

  @Test
  void aWeightThatIsNoNumberIsNamed() throws IOException {
    Map<String, Tensor> tensors = tensors("student.pt");
    float[] bias = tensors.get("conv3.bias").floats();
    bias[7] = Float.NaN;
    tensors.put("conv3.bias", Tensor.of(bias, bias.length));
    TorchZip.writeDict(model.resolve("student.pt"), tensors);

    assertRefused("student.pt", "conv3.bias has a value that is not finite (NaN at [7])");
  }

  @Test
  void aDeviationThatIsNotPositiveIsNamed() throws IOException {
    Files.delete(model.resolve("sigma.pt"));
    Files.copy(model.resolve("mu.pt"), model.resolve("sigma.pt"));

    assertRefused("sigma.pt", "its tensor sigma is -", "not positive");
  }

  @Test
  void statisticsOfAnotherTeacherAreRefused() throws IOException {
    TorchZip.writeTensor(model.resolve("mu.pt"), Tensor.of(new float[3], 3));

    assertRefused("mu.pt", "its tensor mu is [3], not [%d]".formatted(NarrowModelFolder.CHANNELS));
  }

  @Test
  void quantilesThatAreNoneAreRefused() throws IOException {
    TorchZip.writeDict(model.resolve("quantile.pt"), Map.of("w", Tensor.of(new float[] {1, 2}, 2)));

    assertRefused("quantile.pt", "it has no tensor q_a_student");
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Files.delete(model.resolve("student.pt"));

    assertRefused("student.pt", "there is no such file");
  }

  private Map<String, Tensor> tensors(String name) throws IOException {
    StateDict weights = WeightFile.read(model.resolve(name));
    return new LinkedHashMap<>(weights.tensors());
  }

  private void assertRefused(String file, String... parts) {
    Ran ran = importModel();
    assertThat(ran.err().strip().lines())
        .singleElement()
        .asString()
        .startsWith("puad: Cannot ")
        .contains(file)
        .contains(parts);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.code()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(folder.resolve("warehouse")).doesNotExist();
  }

  private Ran importModel() {
    return Ran.puad(
        "import",
        "--pytorch",
        models.toString(),
        "--data",
        data.toString(),
        "--master",
        "local[2]",
        "--warehouse",
        folder.resolve("warehouse").toString());
  }
}
