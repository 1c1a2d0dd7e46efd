package dev.puad.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpzFileTest {

  @TempDir private Path folder;

  @Test
  void arraysReadBackInTheirOrder() throws IOException {
    StateDict read = NpzFile.read(written("a.npz"));
    assertThat(read.names()).containsExactly("zeta", "alpha");
    assertThat(read.tensor("zeta").shape()).containsExactly(2, 3);
    assertThat(read.tensor("zeta").doubles()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(read.tensor("alpha").doubles()).containsExactly(-1, 0.5);
  }

  @Test
  void theSameArraysGiveTheSameBytes() throws IOException {
    assertThat(written("a.npz")).hasSameBinaryContentAs(written("b.npz"));
  }

  @Test
  void filesOfNumPyAreRead() throws IOException {
    StateDict student = NpzFile.read(Fixtures.path("networks/reduced/student.npz"));
    assertThat(student.names()).hasSize(8);
    assertThat(student.shape("conv1.weight")).containsExactly(16, 3, 4, 4);
    assertThat(student.shape("conv4.bias")).containsExactly(48);
  }

  @Test
  void aChangedValueIsRefused() throws IOException {
    Path stored = Fixtures.path("networks/reduced/student.npz");
    byte[] bytes = Files.readAllBytes(stored);
    bytes[1000] ^= 1;
    Path changed = Files.write(folder.resolve("changed.npz"), bytes);
    assertThatThrownBy(() -> NpzFile.read(changed))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read %s: its entry conv1.weight.npy is damaged. Replace the file."
                .formatted(changed));
  }

  @Test
  void bytesAfterAnArrayAreRefused() throws IOException {
    ByteArrayOutputStream array = new ByteArrayOutputStream();
    NpyFormat.write(Tensor.of(new float[] {1}, 1), array);
    array.write(0);
    Path file = ZipWriter.write(folder.resolve("a.npz"), Map.of("a.npy", array.toByteArray()));
    assertThatThrownBy(() -> NpzFile.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read %s!/a.npy: 1 bytes follow its array. Write it with numpy.savez."
                .formatted(file));
  }

  @Test
  void aFileThatIsNoZipIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("a.npz"), "no zip");
    assertThatThrownBy(() -> NpzFile.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read %s: it is not a zip file, or damaged. Replace the file.".formatted(file));
  }

  @Test
  void bfloat16IsWrittenAsFloat32() throws IOException {
    byte[] bytes = {(byte) 0xc0, 0x3f};
    Path file = folder.resolve("a.npz");
    NpzFile.write(file, Map.of("a", new Tensor(Tensor.Type.BFLOAT16, new int[] {1}, bytes)));
    Tensor read = NpzFile.read(file).tensor("a");
    assertThat(read.type()).isEqualTo(Tensor.Type.FLOAT32);
    assertThat(read.floats()).containsExactly(1.5f);
  }

  private Path written(String name) throws IOException {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    arrays.put("zeta", Tensor.of(IntStream.rangeClosed(1, 6).asDoubleStream().toArray(), 2, 3));
    arrays.put("alpha", Tensor.of(new double[] {-1, 0.5}, 2));
    Path file = folder.resolve(name);
    NpzFile.write(file, arrays);
    return file;
  }
}
