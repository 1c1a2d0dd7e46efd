package dev.puad.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightFileTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"pt", "npz", "safetensors"})
  void theContentTellsTheFormat(String format) throws IOException {
    Path file = Files.copy(written(format), folder.resolve("weights.bin"));
    StateDict read = WeightFile.read(file);
    assertThat(read.source()).isEqualTo(file.toString());
    assertThat(read.names()).containsExactly("conv1.weight", "conv1.bias");
    assertThat(read.floats("conv1.weight", 2, 1)).containsExactly(1.5f, -2);
    assertThat(read.floats("conv1.bias", 1)).containsExactly(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "894844460d0a1a0a|a Keras or other HDF5 file",
        "934e554d505901|a single NumPy array",
        "80024b012e|a bare pickle",
        "08071207|an ONNX model",
        "68656c6c6f|of an unknown format",
        "504b0506000000000000000000000000000000000000|a zip file of something else"
      })
  void anotherFormatIsRefused(String hex, String description) throws IOException {
    Path file = folder.resolve("weights.bin");
    Files.write(file, HexFormat.of().parseHex(hex));
    assertRefused(
        file,
        ("it is %s, none of PyTorch's state dicts, NumPy's .npz and safetensors."
                + " Save the weights with torch.save(model.state_dict(), …) of PyTorch 1.6 or newer.")
            .formatted(description));
  }

  @Test
  void theFormatOfOldVersionsIsRefused() {
    assertRefused(
        Fixtures.path("networks/torch-files/legacy-format.pt"),
        "it is in PyTorch's format of before 1.6, none of PyTorch's state dicts, NumPy's .npz and"
            + " safetensors. Save the weights with torch.save(model.state_dict(), …) of PyTorch 1.6 or newer.");
  }

  @Test
  void aMissingFileIsRefused() {
    assertRefused(folder.resolve("none.pt"), "there is no such file. Give a file of weights.");
  }

  @Test
  void aFolderIsRefused() {
    assertRefused(folder, "it is no file. Give a file of weights.");
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    assertRefused(Files.createFile(folder.resolve("a.pt")), "it is empty. Replace the file.");
  }

  /** A sparse file: it takes no space on the disk. */
  @Test
  void aFileBeyondMemoryIsRefused() throws IOException {
    Path file = folder.resolve("a.pt");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(Limits.BYTES + 1);
    }
    assertRefused(file, "it is larger than 128 MiB. Give the weights alone.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pt", "npz", "safetensors"})
  void everyTruncationIsRefused(String format) throws IOException {
    byte[] whole = Files.readAllBytes(written(format));
    Path part = folder.resolve("part");
    for (int length = 0; length < whole.length; length++) {
      Files.write(part, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> WeightFile.read(part))
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith("Cannot read " + part)
          .hasMessageNotContaining("\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pt", "npz", "safetensors"})
  void everyChangedByteIsReadOrRefused(String format) throws IOException {
    byte[] bytes = Files.readAllBytes(written(format));
    Path changed = folder.resolve("changed");
    for (int i = 0; i < bytes.length; i++) {
      for (int mask : new int[] {0x01, 0xff}) {
        bytes[i] ^= (byte) mask;
        Files.write(changed, bytes);
        assertReadOrRefused(changed, "byte %d changed by %d".formatted(i, mask));
        bytes[i] ^= (byte) mask;
      }
    }
  }

  /** Bytes changed within the pickle, where no checksum protects it. */
  @Test
  void everyChangedByteOfAPickleIsReadOrRefused() throws IOException {
    byte[] pickle = pickle();
    for (int i = 0; i < pickle.length; i++) {
      byte right = pickle[i];
      for (int value : new int[] {0, 0x2e, 0x52, 0xff, right ^ 1}) {
        pickle[i] = (byte) value;
        assertReadOrRefused(torch(pickle), "byte %d as %d".formatted(i, value));
      }
      pickle[i] = right;
    }
  }

  private static void assertReadOrRefused(Path file, String change) throws IOException {
    try {
      WeightFile.read(file);
    } catch (BadInputException e) {
      assertThat(e)
          .as(change)
          .hasMessageStartingWith("Cannot read " + file)
          .hasMessageNotContaining("\n");
    } catch (RuntimeException | IOException e) {
      throw new AssertionError(change, e);
    }
  }

  private Path written(String format) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("conv1.weight", Tensor.of(new float[] {1.5f, -2}, 2, 1));
    tensors.put("conv1.bias", Tensor.of(new float[] {3}, 1));
    Path file = folder.resolve("a." + format);
    switch (format) {
      case "npz" -> NpzFile.write(file, tensors);
      case "safetensors" -> SafetensorsFile.write(file, tensors);
      case "pt" -> {
        return torch(pickle());
      }
      default -> throw new IllegalArgumentException(format);
    }
    return file;
  }

  private static byte[] pickle() {
    HandPickle pickle = HandPickle.start().global("collections", "OrderedDict").ops(")R(");
    pickle.text("conv1.weight");
    pickle.view("FloatStorage", 3, 0, new long[] {2, 1}, new long[] {1, 1});
    pickle.text("conv1.bias");
    pickle.view("FloatStorage", 3, 2, new long[] {1}, new long[] {1});
    return pickle.ops("u}").text("_metadata").ops("}sb").end();
  }

  private Path torch(byte[] pickle) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("a/data.pkl", pickle);
    entries.put("a/data/0", Tensor.of(new float[] {1.5f, -2, 3}, 3).bytes());
    return ZipWriter.write(folder.resolve("a.pt"), entries);
  }

  private static void assertRefused(Path file, String reason) {
    assertThatThrownBy(() -> WeightFile.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot read %s: %s".formatted(file, reason));
  }
}
