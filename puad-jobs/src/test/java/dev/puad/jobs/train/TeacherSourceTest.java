package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import dev.puad.model.Sha256;
import dev.puad.model.distill.BuiltinTeacher;
import dev.puad.model.distill.TeacherFile;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.weights.NpzFile;
import dev.puad.model.weights.SafetensorsFile;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.WeightFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeacherSourceTest {

  private static final Architecture TINY = Architecture.TINY;

  @TempDir private Path folder;

  @Test
  void everyFormatGivesTheSameTeacher() throws IOException {
    Path torch = Fixtures.path("networks/reduced/teacher.pt");
    Architecture reduced =
        Architecture.of(
            256,
            WeightFile.read(torch),
            WeightFile.read(Fixtures.path("networks/reduced/student.pt")),
            WeightFile.read(Fixtures.path("networks/reduced/autoencoder.pt")));
    Path safetensors = folder.resolve("teacher.safetensors");
    SafetensorsFile.write(safetensors, WeightFile.read(torch).tensors());

    byte[] expected = bitsOf(torch, reduced);

    for (Path other :
        new Path[] {
          Fixtures.path("networks/reduced/teacher.npz"),
          Fixtures.path("networks/reduced/teacher-plain-dict.pt"),
          Fixtures.path("networks/reduced/nelson-teacher-small.pth"),
          safetensors
        }) {
      assertThat(Arrays.mismatch(bitsOf(other, reduced), expected)).as("%s", other).isEqualTo(-1);
    }
  }

  @Test
  void aRandomTeacherIsDrawnFromTheSeed() {
    TeacherSource random = TeacherSource.open("random", TINY);

    assertThat(random.fingerprint()).isEqualTo("random");
    try (TeacherNetwork first = TeacherNetwork.read(TINY, random.network(TINY, 3));
        TeacherNetwork expected = TeacherNetwork.random(TINY, 3)) {
      assertThat(bits(first.weights())).isEqualTo(bits(expected.weights()));
    }
  }

  @Test
  void theBuiltinTeachersFingerprintIsThatOfItsFile() {
    TeacherSource builtin = TeacherSource.open("builtin", TINY);

    assertThat(builtin.fingerprint())
        .isEqualTo("builtin sha256:" + Sha256.of(BuiltinTeacher.of(TINY).file()));
    assertThat(builtin.weights()).isPresent();
  }

  @Test
  void aNetworkWithoutABuiltinTeacherIsRefused() {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> TeacherSource.open("builtin", Architecture.MEDIUM))
        .withMessage(
            "Cannot use the built-in teacher with network medium: there is one for small and tiny."
                + " Give --teacher a file (puad distill makes one) or random.");
  }

  @Test
  void aDistilledTeachersRoundedWeightsAreTaken() throws IOException {
    Path file = folder.resolve("distilled.safetensors");
    try (TeacherNetwork teacher = TeacherNetwork.random(TINY, 1)) {
      TeacherFile.write(
          file,
          teacher.weights(),
          TeacherFile.Precision.INT8,
          new TeacherFile.Statistics(new double[1], new double[1]),
          Map.of("steps", "1"));
    }

    StateDict expected = TeacherFile.weights(SafetensorsFile.read(file));
    assertThat(bitsOf(file, TINY)).isEqualTo(bits(expected));
  }

  @Test
  void theFingerprintIsTheContentsNotThePaths() throws IOException {
    Path one = write("one.npz", 1);
    Path same = Files.copy(one, folder.resolve("same.npz"));
    Path two = write("two.npz", 2);

    String fingerprint = TeacherSource.open(one.toString(), TINY).fingerprint();

    assertThat(TeacherSource.open(same.toString(), TINY).fingerprint()).isEqualTo(fingerprint);
    assertThat(TeacherSource.open(two.toString(), TINY).fingerprint()).isNotEqualTo(fingerprint);
  }

  @Test
  void aTeacherOfAnotherNetworkIsRefused() throws IOException {
    Path tiny = write("tiny.npz", 1);

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> TeacherSource.open(tiny.toString(), Architecture.SMALL))
        .withMessage(
            "Cannot use %s: its tensor conv1.weight is [32, 3, 4, 4], not [128, 3, 4, 4]."
                    .formatted(tiny)
                + " Give the weights of a network of this size.");
  }

  @Test
  void whatIsNeitherRandomNorAFileIsRefused() {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> TeacherSource.open("wise", TINY))
        .withMessage(
            "Cannot use teacher wise: it is neither builtin nor random nor a file. Correct the path.");
  }

  private Path write(String name, long seed) throws IOException {
    Path file = folder.resolve(name);
    try (TeacherNetwork teacher = TeacherNetwork.random(TINY, seed)) {
      NpzFile.write(file, teacher.weights().tensors());
    }
    return file;
  }

  private static byte[] bitsOf(Path file, Architecture architecture) {
    TeacherSource source = TeacherSource.open(file.toString(), architecture);
    try (TeacherNetwork teacher =
        TeacherNetwork.read(architecture, source.network(architecture, 1))) {
      return bits(teacher.weights());
    }
  }

  private static byte[] bits(StateDict weights) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    weights.tensors().values().forEach(tensor -> all.writeBytes(tensor.bytes()));
    return all.toByteArray();
  }
}
