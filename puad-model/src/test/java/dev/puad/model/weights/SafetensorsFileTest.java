package dev.puad.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {

  @TempDir private Path folder;

  @Test
  void tensorsOfEveryTypeReadBackInTheirOrder() throws IOException {
    StateDict mixed = TorchFile.readDict(Fixtures.path("networks/torch-files/mixed-dict.pt"));
    Path file = folder.resolve("a.safetensors");
    SafetensorsFile.write(file, mixed.tensors());
    StateDict read = SafetensorsFile.read(file);

    assertThat(read.names()).containsExactlyElementsOf(mixed.names());
    for (String name : mixed.names()) {
      assertThat(read.tensor(name).type()).isEqualTo(mixed.tensor(name).type());
      assertThat(read.shape(name)).isEqualTo(mixed.shape(name));
      assertThat(read.tensor(name).bytes()).isEqualTo(mixed.tensor(name).bytes());
    }
  }

  @Test
  void oneTensorUnderTwoNamesIsWrittenTwice() throws IOException {
    Tensor tensor = Tensor.of(new float[] {1, 2}, 2);
    Path file = folder.resolve("a.safetensors");
    SafetensorsFile.write(file, Map.of("a", tensor, "b", tensor));
    assertThat(SafetensorsFile.read(file).floats("a", 2)).containsExactly(1, 2);
    assertThat(SafetensorsFile.read(file).floats("b", 2)).containsExactly(1, 2);
  }

  @Test
  void metadataReadsBackInItsOrder() throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("steps", "5");
    metadata.put("licence", "a \"note\"\nin two lines");
    Path file = folder.resolve("a.safetensors");
    SafetensorsFile.write(file, Map.of("a", Tensor.of(new float[] {1}, 1)), metadata);

    assertThat(SafetensorsFile.metadata(file)).isEqualTo(metadata);
    assertThat(SafetensorsFile.metadata(file).keySet()).containsExactly("steps", "licence");
    assertThat(SafetensorsFile.read(file).names()).containsExactly("a");
  }

  @Test
  void aFileWithoutMetadataHasNone() throws IOException {
    Path file = folder.resolve("a.safetensors");
    SafetensorsFile.write(file, Map.of("a", Tensor.of(new float[] {1}, 1)));

    assertThat(SafetensorsFile.metadata(file)).isEmpty();
  }

  @Test
  void metadataOfAFileThatEndsInItsHeaderIsRefused() throws IOException {
    Path file = Files.write(folder.resolve("a.safetensors"), new byte[] {9, 0, 0, 0});

    assertThatThrownBy(() -> SafetensorsFile.metadata(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot read %s: it ends early. Replace the file.".formatted(file));
  }

  @Test
  void aFileInMemoryIsReadAsOnDisk() throws IOException {
    Path file = folder.resolve("a.safetensors");
    SafetensorsFile.write(file, Map.of("a", Tensor.of(new float[] {1, 2}, 2)), Map.of("b", "c"));

    StateDict read = SafetensorsFile.read("memory", Files.readAllBytes(file));

    assertThat(read.source()).isEqualTo("memory");
    assertThat(read.floats("a", 2)).containsExactly(1, 2);
  }

  @Test
  void aFileInMemoryThatEndsInItsTensorsIsRefused() throws IOException {
    Path file = folder.resolve("a.safetensors");
    SafetensorsFile.write(file, Map.of("a", Tensor.of(new float[] {1, 2}, 2)));
    byte[] whole = Files.readAllBytes(file);

    assertThatThrownBy(() -> SafetensorsFile.read("memory", Arrays.copyOf(whole, whole.length - 1)))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read memory: tensor a at bytes 0 to 8 overlaps, leaves a gap or ends after the"
                + " file. Replace the file.");
  }

  @Test
  void bytesInMemoryThatEndInTheirHeaderAreRefused() {
    assertThatThrownBy(() -> SafetensorsFile.read("memory", new byte[] {9, 0}))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot read memory: it ends early. Replace the file.");
  }

  /** The layout that the format's documentation gives, with metadata and padding. */
  @Test
  void theDocumentedLayoutIsRead() throws IOException {
    Path file =
        file(
            """
            {"__metadata__":{"format":"pt"},\
            "b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]},\
            "a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}   \
            """,
            0,
            0,
            0x80,
            0x3f,
            5,
            255);
    StateDict read = SafetensorsFile.read(file);
    assertThat(read.names()).containsExactly("b", "a");
    assertThat(read.floats("a")).containsExactly(1);
    assertThat(read.tensor("b").doubles()).containsExactly(5, 255);
  }

  @Test
  void everyTensorIsAligned() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("odd", new Tensor(Tensor.Type.UINT8, new int[] {3}, new byte[3]));
    tensors.put("wide", Tensor.of(new double[] {1}, 1));
    Path file = folder.resolve("a.safetensors");
    SafetensorsFile.write(file, tensors);
    byte[] bytes = Files.readAllBytes(file);
    assertThat(new String(bytes, 8, bytes.length - 8, StandardCharsets.UTF_8))
        .contains("\"odd\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[8,11]}")
        .contains("\"wide\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}");
    assertThat((bytes.length - 11) % 8).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}"
            + "|tensor a of shape [2] does not fill bytes 0 to 4",
        "{'a':{'dtype':'F32','shape':[2,2147483647,2147483647],'data_offsets':[0,4]}}"
            + "|tensor a of shape [2, 2147483647, 2147483647] does not fill bytes 0 to 4",
        "{'a':{'dtype':'U8','shape':[8],'data_offsets':[0,8]}}"
            + "|tensor a at bytes 0 to 8 overlaps, leaves a gap or ends after the file",
        "{'a':{'dtype':'U8','shape':[3],'data_offsets':[1,4]}}"
            + "|tensor a at bytes 1 to 4 overlaps, leaves a gap or ends after the file",
        "{'a':{'dtype':'U8','shape':[3],'data_offsets':[0,3]},"
            + "'b':{'dtype':'U8','shape':[2],'data_offsets':[2,4]}}"
            + "|tensor b at bytes 2 to 4 overlaps, leaves a gap or ends after the file",
        "{'a':{'dtype':'U8','shape':[3],'data_offsets':[0,3]}}|1 bytes belong to no tensor",
        "{}|4 bytes belong to no tensor",
        "{'a':{'dtype':'U8','shape':[-4],'data_offsets':[0,4]}}"
            + "|the place of tensor a is not understood",
        "{'a':{'dtype':'U8','shape':[4.5],'data_offsets':[0,4]}}"
            + "|the place of tensor a is not understood",
        "{'a':{'dtype':'U8','shape':[1e99999],'data_offsets':[0,4]}}"
            + "|the place of tensor a is not understood",
        "{'a':{'dtype':'U8','shape':4,'data_offsets':[0,4]}}"
            + "|the place of tensor a is not understood",
        "{'a':{'dtype':'U8','shape':[4]}}|the place of tensor a is not understood",
        "{'a':{'dtype':'U8','shape':[4],'data_offsets':[-9223372036854775808,4]}}"
            + "|tensor a of shape [4] does not fill bytes -9223372036854775808 to 4",
        "{'a':1,'a':2}|its header is not JSON",
        "{'a':|its header is not JSON"
      },
      quoteCharacter = '`')
  void aWrongHeaderIsRefused(String header, String reason) {
    Path file = file(header.replace('\'', '"'), 1, 2, 3, 4);
    assertThatThrownBy(() -> SafetensorsFile.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot read %s: %s. Replace the file.".formatted(file, reason));
  }

  @Test
  void whatIsWrongWithTheJsonIsTheCause() {
    assertThatThrownBy(() -> SafetensorsFile.read(file("{\"a\":", 1, 2, 3, 4)))
        .hasCauseInstanceOf(JsonProcessingException.class);
  }

  @Test
  void anUnknownTypeIsRefused() {
    Path file = file("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}", 1);
    assertThatThrownBy(() -> SafetensorsFile.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read %s: the type F8_E4M3 of tensor a is not supported. Convert it to F32."
                .formatted(file));
  }

  @Test
  void deepNestingIsRefused() {
    Path file = file("{\"a\":" + "[".repeat(100_000), 1);
    assertThatThrownBy(() -> SafetensorsFile.read(file)).isInstanceOf(BadInputException.class);
  }

  @Test
  void aHeaderBeyondTheFileIsRefused() throws IOException {
    Path file = file("{}");
    byte[] bytes = Files.readAllBytes(file);
    bytes[3] = 127;
    Files.write(file, bytes);
    assertThatThrownBy(() -> SafetensorsFile.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            ("Cannot read %s: its header of 2130706434 bytes is longer than the file or than 4 MiB."
                    + " Replace the file.")
                .formatted(file));
  }

  private Path file(String header, int... data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer = ByteBuffer.allocate(8 + json.length + data.length);
    buffer.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json);
    for (int value : data) {
      buffer.put((byte) value);
    }
    try {
      return Files.write(folder.resolve("a.safetensors"), buffer.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
