package dev.puad.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
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
  void everyTruncationIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(written("a.npz"));
    Path part = folder.resolve("part.npz");
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(part, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> NpzFile.read(part))
          .isInstanceOf(BadInputException.class)
          .hasMessage(
              "Cannot read %s: it is not a zip file, or damaged. Replace the file."
                  .formatted(part));
    }
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
            "Cannot read %s: it is not a zip file, or damaged. Replace the file."
                .formatted(changed));
  }

  @Test
  void aMissingFileIsNotADamagedOne() {
    assertThatThrownBy(() -> NpzFile.read(folder.resolve("none.npz")))
        .isInstanceOf(NoSuchFileException.class);
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
