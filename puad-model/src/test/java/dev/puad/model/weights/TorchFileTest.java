package dev.puad.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {

  @TempDir private Path folder;

  @Test
  void everyTypeAndViewOfPyTorchIsRead() throws IOException {
    StateDict read = TorchFile.readDict(Fixtures.path("networks/torch-files/mixed-dict.pt"));
    JsonNode expected = json("networks/torch-files/mixed-dict.json");

    List<String> names = new ArrayList<>();
    expected.fieldNames().forEachRemaining(names::add);
    assertThat(read.names()).containsExactlyElementsOf(names);
    for (String name : names) {
      Tensor tensor = read.tensor(name);
      JsonNode wanted = expected.get(name);
      String type = wanted.get("dtype").textValue().substring("torch.".length());
      assertThat(tensor.type().name().toLowerCase(Locale.ROOT)).as(name).isEqualTo(type);
      assertThat(tensor.shape()).as(name).isEqualTo(integers(wanted.get("shape")));
      assertThat(tensor.doubles()).as(name).isEqualTo(doubles(wanted.get("values")));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "teacher.pt, teacher.npz",
    "teacher-plain-dict.pt, teacher.npz",
    "teacher-medium.pt, teacher-medium.npz",
    "student.pt, student.npz",
    "autoencoder.pt, autoencoder.npz"
  })
  void stateDictsEqualTheArraysOfNumPy(String torch, String numpy) throws IOException {
    StateDict read = TorchFile.readDict(Fixtures.path("networks/reduced/" + torch));
    StateDict expected = NpzFile.read(Fixtures.path("networks/reduced/" + numpy));

    assertThat(read.names()).containsExactlyInAnyOrderElementsOf(expected.names());
    for (String name : expected.names()) {
      assertSame(read.tensor(name), expected.tensor(name));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "nelson-teacher-small.pth, teacher.npz",
    "nelson-teacher-medium.pth, teacher-medium.npz"
  })
  void namesOfASequentialAreKept(String torch, String numpy) throws IOException {
    StateDict read = TorchFile.readDict(Fixtures.path("networks/reduced/" + torch));
    StateDict expected = NpzFile.read(Fixtures.path("networks/reduced/" + numpy));

    assertThat(read.names()).hasSameSizeAs(expected.names()).startsWith("0.weight", "0.bias");
    List<Tensor> tensors = List.copyOf(read.tensors().values());
    List<Tensor> wanted = List.copyOf(expected.tensors().values());
    for (int i = 0; i < tensors.size(); i++) {
      assertSame(tensors.get(i), wanted.get(i));
    }
  }

  @ParameterizedTest
  @CsvSource({"mu.pt, teacher-mu-official.npy", "sigma.pt, teacher-sigma-official.npy"})
  void aFileOfOneTensorIsRead(String torch, String numpy) throws IOException {
    Tensor read = TorchFile.readTensor(Fixtures.path("networks/reduced/" + torch));

    assertThat(read.floats()).isEqualTo(Fixtures.npy("training/" + numpy).floats());
  }

  @Test
  void aTensorOfFourAxesIsRead() throws IOException {
    Tensor read = TorchFile.readTensor(Fixtures.path("networks/torch-files/single-tensor.pt"));
    StateDict teacher = NpzFile.read(Fixtures.path("networks/reduced/teacher.npz"));

    assertSame(read, teacher.tensor("conv1.weight"));
  }

  @Test
  void scalarsAreRead() throws IOException {
    StateDict read = TorchFile.readDict(Fixtures.path("networks/reduced/quantile.pt"));

    JsonNode official = json("maps/expected.json").get("official");
    for (String name : read.names()) {
      assertThat(read.floats(name)).containsExactly(official.get(name).floatValue());
    }
    assertThat(read.names()).hasSize(4);
  }

  @Test
  void aParameterIsItsTensor() throws IOException {
    Tensor read = TorchFile.readTensor(Fixtures.path("networks/torch-files/parameter.pt"));

    assertThat(read.shape()).containsExactly(3);
    assertThat(read.floats()).containsExactly(1, 2, 3);
  }

  @Test
  void whereATensorWasIsNoMatter() throws IOException {
    StateDict read = TorchFile.readDict(Fixtures.path("networks/torch-files/cuda-location.pt"));

    assertThat(read.names()).containsExactly("w");
    assertThat(read.floats("w", 2, 2)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void theFormatOfOldVersionsIsRefused() {
    Path file = Fixtures.path("networks/torch-files/legacy-format.pt");
    assertRefused(
        () -> TorchFile.readDict(file),
        ("Cannot read %s: it is in PyTorch's format of before 1.6, none of PyTorch's state dicts,"
                + " NumPy's .npz and safetensors. Save the weights with"
                + " torch.save(model.state_dict(), …) of PyTorch 1.6 or newer.")
            .formatted(file));
  }

  @Test
  void aWholeModelIsRefused() {
    Path file = Fixtures.path("networks/torch-files/whole-module.pt");
    assertRefused(
        () -> TorchFile.readDict(file),
        ("Cannot read %s: its pickle names torch.nn.modules.container.Sequential, which no state"
                + " dict needs; nothing was executed. Save the weights with"
                + " torch.save(model.state_dict(), …), not the whole model.")
            .formatted(file));
  }

  @Test
  void oneTensorIsNoStateDict() {
    Path file = Fixtures.path("networks/torch-files/parameter.pt");
    assertRefused(
        () -> TorchFile.readDict(file),
        "Cannot read %s: it holds no dict. Save it with torch.save(model.state_dict(), …)."
            .formatted(file));
  }

  @Test
  void aStateDictIsNotOneTensor() {
    Path file = Fixtures.path("networks/torch-files/cuda-location.pt");
    assertRefused(
        () -> TorchFile.readTensor(file),
        "Cannot read %s: it does not hold one tensor. Save it with torch.save(tensor, …)."
            .formatted(file));
  }

  @Test
  void anEntryThatIsNoTensorIsRefused() {
    Path file = torch(HandPickle.start().ops("}").text("epoch").integer(3).ops("s").end(), 0);
    assertRefused(
        () -> TorchFile.readDict(file),
        ("Cannot read %s: its entry epoch is not a tensor. Save the state dict alone:"
                + " torch.save(model.state_dict(), …).")
            .formatted(file));
  }

  static List<long[][]> placesOutsideTheStorageAreRefused() {
    return List.of(
        new long[][] {{0}, {7}, {1}},
        new long[][] {{1}, {6}, {1}},
        new long[][] {{0}, {4}, {2}},
        new long[][] {{5}, {2}, {-1}},
        new long[][] {{-1}, {1}, {1}},
        new long[][] {{0}, {-1}, {1}},
        new long[][] {{6}, {}, {}},
        new long[][] {{0}, {2, 3}, {Long.MAX_VALUE, 1}},
        new long[][] {{Long.MAX_VALUE}, {2, 3}, {3, 1}},
        new long[][] {{0}, {1L << 40}, {0}});
  }

  @ParameterizedTest
  @MethodSource
  void placesOutsideTheStorageAreRefused(long[][] place) {
    byte[] pickle = HandPickle.tensor("FloatStorage", 6, place[0][0], place[1], place[2]);
    Path file = torch(pickle, 24);
    assertRefused(
        () -> TorchFile.readTensor(file),
        ("Cannot read %s: the tensor of shape %s, strides %s and offset %d reaches beyond its"
                + " storage of 6 elements. Replace the file.")
            .formatted(file, Arrays.toString(place[1]), Arrays.toString(place[2]), place[0][0]));
  }

  /** A single number, repeated: a file of some hundred bytes that asks for gigabytes. */
  @ParameterizedTest
  @ValueSource(longs = {1 << 16, Integer.MAX_VALUE})
  void aShapeBeyondMemoryIsRefused(long length) {
    long[] shape = {length, length, length};
    Path file = torch(HandPickle.tensor("FloatStorage", 1, 0, shape, new long[3]), 4);
    assertRefused(
        () -> TorchFile.readTensor(file),
        "Cannot read %s: with the tensor it takes more than 128 MiB. Give the weights alone."
            .formatted(file));
  }

  @Test
  void manyViewsOfOneStorageBeyondMemoryAreRefused() {
    HandPickle pickle = HandPickle.start().ops("}(");
    for (int i = 0; i < 40; i++) {
      pickle.text("w" + i).view("FloatStorage", 1, 0, new long[] {1 << 22}, new long[] {0});
    }
    Path file = torch(pickle.ops("u").end(), 4);
    assertRefused(
        () -> TorchFile.readDict(file),
        "Cannot read %s: with tensor w8 it takes more than 128 MiB. Give the weights alone."
            .formatted(file));
  }

  @Test
  void moreAxesThanPyTorchHasAreRefused() {
    long[] ones = new long[65];
    Arrays.fill(ones, 1);
    Path file = torch(HandPickle.tensor("FloatStorage", 1, 0, ones, ones), 4);
    assertRefused(
        () -> TorchFile.readTensor(file),
        "Cannot read %s: a tensor of it has 65 axes, more than 64. Replace the file."
            .formatted(file));
  }

  @Test
  void axesWithoutStridesAreRefused() {
    Path file = torch(HandPickle.tensor("FloatStorage", 1, 0, new long[] {1, 1}, new long[1]), 4);
    assertRefused(
        () -> TorchFile.readTensor(file),
        "Cannot read %s: the tensor has 2 axes and 1 strides. Replace the file.".formatted(file));
  }

  @Test
  void aStorageOfAnotherLengthIsRefused() {
    Path file = torch(HandPickle.tensor("HalfStorage", 6, 0, new long[] {6}, new long[] {1}), 13);
    assertRefused(
        () -> TorchFile.readTensor(file),
        ("Cannot read %s: entry a/data/0 of the tensor has 13 bytes, not 6 elements of FLOAT16."
                + " Replace the file.")
            .formatted(file));
  }

  @Test
  void aMissingStorageIsRefused() {
    byte[] pickle = HandPickle.tensor("FloatStorage", 1, 0, new long[] {1}, new long[] {1});
    Path file = ZipWriter.write(folder.resolve("a.pt"), Map.of("a/data.pkl", pickle));
    assertRefused(
        () -> TorchFile.readTensor(file),
        "Cannot read %s: entry a/data/0 of the tensor is missing. Replace the file."
            .formatted(file));
  }

  @Test
  void bigEndianNumbersAreRefused() {
    byte[] pickle = HandPickle.tensor("FloatStorage", 1, 0, new long[] {1}, new long[] {1});
    byte[] order = "big".getBytes(StandardCharsets.US_ASCII);
    Path file =
        ZipWriter.write(
            folder.resolve("a.pt"),
            Map.of("a/data.pkl", pickle, "a/data/0", new byte[4], "a/byteorder", order));
    assertRefused(
        () -> TorchFile.readTensor(file),
        "Cannot read %s: its numbers are big-endian. Save it on a little-endian machine."
            .formatted(file));
  }

  @Test
  void anOrderOfMoreThanAWordIsNotInflated() {
    byte[] pickle = HandPickle.tensor("FloatStorage", 1, 0, new long[] {1}, new long[] {1});
    Path file =
        ZipWriter.write(
            folder.resolve("a.pt"),
            Map.of("a/data.pkl", pickle, "a/data/0", new byte[4], "a/byteorder", new byte[17]));
    assertRefused(
        () -> TorchFile.readTensor(file),
        "Cannot read %s: its entry a/byteorder has 17 bytes, more than 16. Replace the file."
            .formatted(file));
  }

  @Test
  void littleEndianNumbersAreRead() throws IOException {
    byte[] pickle = HandPickle.tensor("ByteStorage", 2, 0, new long[] {2}, new long[] {1});
    byte[] order = "little".getBytes(StandardCharsets.US_ASCII);
    Path file =
        ZipWriter.write(
            folder.resolve("a.pt"),
            Map.of("a/data.pkl", pickle, "a/data/0", new byte[] {7, -1}, "a/byteorder", order));
    assertThat(TorchFile.readTensor(file).doubles()).containsExactly(7, 255);
  }

  @Test
  void aHugePickleIsRefused() {
    byte[] pickle = new byte[5 << 20];
    new Random(1).nextBytes(pickle);
    Path file = torch(pickle, 0);
    assertRefused(
        () -> TorchFile.readDict(file),
        "Cannot read %s: its pickle takes more than 4 MiB. Give the weights alone."
            .formatted(file));
  }

  @Test
  void twoPicklesAreRefused() {
    Path file =
        ZipWriter.write(
            folder.resolve("a.pt"), Map.of("a/data.pkl", new byte[0], "b/data.pkl", new byte[0]));
    assertRefused(
        () -> TorchFile.readDict(file),
        ("Cannot read %s: it has 2 entries data.pkl, not one."
                + " Save it with torch.save(model.state_dict(), …).")
            .formatted(file));
  }

  private Path torch(byte[] pickle, int storage) {
    return ZipWriter.write(
        folder.resolve("a.pt"), Map.of("a/data.pkl", pickle, "a/data/0", new byte[storage]));
  }

  private static void assertSame(Tensor actual, Tensor expected) {
    assertThat(actual.type()).isEqualTo(expected.type());
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(actual.bytes()).isEqualTo(expected.bytes());
  }

  private static void assertRefused(ThrowingCallable action, String message) {
    assertThatThrownBy(action).isInstanceOf(BadInputException.class).hasMessage(message);
  }

  private static JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(Fixtures.path(file).toFile());
  }

  private static int[] integers(JsonNode array) {
    return Arrays.stream(doubles(array)).mapToInt(value -> (int) value).toArray();
  }

  private static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).doubleValue();
    }
    return values;
  }
}
