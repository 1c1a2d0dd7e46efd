package dev.puad.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Our networks with the official networks' weights, against the official outputs. */
class OfficialNetworksTest {

  private static final double TOLERANCE = 2e-5;
  private static final double CHANNEL_TOLERANCE = 1e-5;

  @Test
  void theReducedTeacherDescribesAsTheOfficialOne() {
    try (TeacherNetwork teacher =
        TeacherNetwork.of(OfficialNetworks.REDUCED, OfficialNetworks.reduced("teacher"))) {
      assertDescribes(teacher, "teacher-output");
    }
  }

  @Test
  void theReducedMediumTeacherDescribesAsTheOfficialOne() {
    try (TeacherNetwork teacher =
        TeacherNetwork.of(
            OfficialNetworks.REDUCED_MEDIUM, OfficialNetworks.reduced("teacher-medium"))) {
      assertDescribes(teacher, "teacher-medium-output");
    }
  }

  @Test
  void theReducedStudentAndAutoencoderDescribeAsTheOfficialOnes() {
    float[] students = Fixtures.npy("networks/reduced/student-output.npy").floats();
    float[] autoencoders = Fixtures.npy("networks/reduced/autoencoder-output.npy").floats();
    float[][] images = OfficialNetworks.images("networks/images/test-u8.npy");
    int length = 24 * 56 * 56;
    try (DetectionNetwork network = reduced(256)) {
      for (int i = 0; i < OfficialNetworks.OUTPUTS; i++) {
        DetectionNetwork.Descriptions described = network.describe(images[i]);
        assertClose(described.local(), part(students, 2 * i, length));
        assertClose(described.global(), part(students, 2 * i + 1, length));
        assertClose(described.autoencoder(), part(autoencoders, i, length));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"teacher", "teacher-medium"})
  void aPaddedTeacherDescribesAsTheOfficialOne(String name) throws IOException {
    Architecture architecture =
        name.equals("teacher") ? OfficialNetworks.REDUCED : OfficialNetworks.REDUCED_MEDIUM;
    float[] image = OfficialNetworks.images("networks/images/test-u8.npy")[0];
    try (TeacherNetwork teacher =
        TeacherNetwork.padded(architecture, OfficialNetworks.reduced(name))) {
      float[] described = teacher.describe(image);
      assertThat(described).hasSize(24 * 64 * 64);
      assertSpots(described, "networks/reduced/" + name + "-padding-true");
      assertStatistics(described, extra(name + "-padding-true"));
    }
  }

  @ParameterizedTest
  @CsvSource({"320, 72", "512, 120"})
  void theAutoencoderOfALargerImageDescribesAsTheOfficialOne(int size, int outputSize)
      throws IOException {
    byte[] pixels = FormulaTensors.image(950, size);
    double[] check =
        Fixtures.npy("networks/reduced/autoencoder-image-" + size + "-crc.npy").doubles();
    long sum = 0;
    for (byte pixel : pixels) {
      sum += Byte.toUnsignedInt(pixel);
    }
    assertThat(sum).isEqualTo((long) check[0]);
    assertThat(Byte.toUnsignedInt(pixels[(3 * size + 5) * 3 + 1])).isEqualTo((int) check[1]);
    assertThat(Byte.toUnsignedInt(pixels[((size - 1) * size + size - 2) * 3 + 2]))
        .isEqualTo((int) check[2]);
    try (DetectionNetwork network = reduced(size)) {
      float[] described = network.describe(FormulaTensors.normalized(pixels, size)).autoencoder();
      assertThat(described).hasSize(24 * outputSize * outputSize);
      assertSpots(described, "networks/reduced/autoencoder-image-" + size);
      assertStatistics(described, extra("autoencoder-image-" + size));
    }
  }

  @Test
  void theTeacherOfFullWidthDescribesAsTheOfficialOne() throws IOException {
    assertFullWidth(Architecture.SMALL, 100, "pdn-s-384");
  }

  @Test
  void theMediumTeacherOfFullWidthDescribesAsTheOfficialOne() throws IOException {
    assertFullWidth(Architecture.MEDIUM, 300, "pdn-m-384");
  }

  @Test
  void studentAndAutoencoderOfFullWidthDescribeAsTheOfficialOnes() throws IOException {
    StateDict student = fullWidth("pdn-s-768", 200);
    StateDict autoencoder = fullWidth("autoencoder-384-256", 400);
    DetectionNetwork.Descriptions described;
    try (TrainingNetwork training = TrainingNetwork.of(Architecture.SMALL, student, autoencoder);
        DetectionNetwork network = training.detection()) {
      assertThat(training.student().shape("conv4.weight")).containsExactly(768, 256, 4, 4);
      assertSame(training.student(), student);
      assertSame(training.autoencoder(), autoencoder);
      float[] image = OfficialNetworks.images("networks/full-width/input-u8.npy")[0];
      described = network.describe(image);
      assertLayers(training.graph(), image);
    }
    float[] both = Arrays.copyOf(described.local(), 2 * described.local().length);
    System.arraycopy(
        described.global(), 0, both, described.local().length, described.global().length);
    assertFullWidthOutput(both, 768, "pdn-s-768");
    assertFullWidthOutput(described.autoencoder(), 384, "autoencoder-384-256");
  }

  @ParameterizedTest
  @CsvSource({
    "teacher, 500, teacher",
    "student, 600, student",
    "autoencoder, 700, autoencoder",
    "teacher_medium, 800, teacher-medium"
  })
  void theReducedWeightsAreThoseOfTheirRecipe(String name, int base, String file)
      throws IOException {
    JsonNode recipe = json("networks/reduced/weights-recipe.json").get(name);
    assertSame(FormulaTensors.of(name, base, recipe), OfficialNetworks.reduced(file));
  }

  @Test
  void aNetworksWeightsAreExportedAsTheyWereImported() {
    StateDict weights = OfficialNetworks.reduced("teacher-medium");
    try (TeacherNetwork teacher = TeacherNetwork.of(OfficialNetworks.REDUCED_MEDIUM, weights)) {
      assertSame(teacher.weights(), weights);
    }
  }

  @Test
  void theNumbersOfASequentialModelAreUnderstood() {
    StateDict weights = OfficialNetworks.reduced("teacher");
    Map<String, Tensor> numbered = new LinkedHashMap<>();
    int[] numbers = {0, 3, 6, 8};
    for (int i = 0; i < numbers.length; i++) {
      numbered.put(numbers[i] + ".weight", weights.tensor("conv" + (i + 1) + ".weight"));
      numbered.put(numbers[i] + ".bias", weights.tensor("conv" + (i + 1) + ".bias"));
    }
    try (TeacherNetwork teacher =
        TeacherNetwork.of(OfficialNetworks.REDUCED, new StateDict("numbered", numbered))) {
      assertSame(teacher.weights(), weights);
    }
  }

  @Test
  void theNormalisedImageIsTheOfficialOne() {
    float[] image = OfficialNetworks.images("networks/images/test-u8.npy")[0];
    float[] corner = Fixtures.npy("networks/reduced/input-0-normalized-corner-64.npy").floats();
    for (int i = 0; i < corner.length; i++) {
      int row = i / 64 % 64;
      assertThat(image[(i / 4096 * 256 + row) * 256 + i % 64]).isEqualTo(corner[i]);
    }
  }

  @Test
  void aMissingTensorIsNamed() {
    assertRefused(without("conv3.bias"), "it has no tensor conv3.bias.");
  }

  @Test
  void aTensorOfAnotherShapeIsNamed() {
    assertRefused(
        with("conv2.weight", Tensor.of(new float[32], 32)),
        "its tensor conv2.weight is [32], not [32, 16, 4, 4].");
  }

  @Test
  void aTensorThatIsNotFiniteIsNamed() {
    float[] values = new float[24];
    values[3] = Float.NaN;
    assertRefused(
        with("conv4.bias", Tensor.of(values, 24)),
        "its tensor conv4.bias has a value that is not finite (NaN at [3]).");
  }

  @Test
  void aTensorThatNoTeacherHasIsNamed() {
    assertRefused(
        with("conv5.bias", Tensor.of(new float[24], 24)),
        "its tensor conv5.bias has no place in this kind of network.");
  }

  private static void assertRefused(StateDict weights, String reason) {
    assertThatThrownBy(() -> TeacherNetwork.of(OfficialNetworks.REDUCED, weights).close())
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("Cannot use hostile: " + reason);
  }

  private static StateDict without(String name) {
    Map<String, Tensor> tensors =
        new LinkedHashMap<>(OfficialNetworks.reduced("teacher").tensors());
    tensors.remove(name);
    return new StateDict("hostile", tensors);
  }

  private static StateDict with(String name, Tensor tensor) {
    Map<String, Tensor> tensors =
        new LinkedHashMap<>(OfficialNetworks.reduced("teacher").tensors());
    tensors.put(name, tensor);
    return new StateDict("hostile", tensors);
  }

  private static DetectionNetwork reduced(int size) {
    try (TrainingNetwork training =
        TrainingNetwork.of(
            OfficialNetworks.REDUCED.withImageSize(size),
            OfficialNetworks.reduced("student"),
            OfficialNetworks.reduced("autoencoder"))) {
      return training.detection();
    }
  }

  private static void assertDescribes(TeacherNetwork teacher, String expected) {
    float[] outputs = Fixtures.npy("networks/reduced/" + expected + ".npy").floats();
    float[][] images = OfficialNetworks.images("networks/images/test-u8.npy");
    for (int i = 0; i < OfficialNetworks.OUTPUTS; i++) {
      float[] described = teacher.describe(images[i]);
      assertClose(described, part(outputs, i, described.length));
    }
  }

  private static void assertFullWidth(Architecture architecture, int base, String name)
      throws IOException {
    StateDict weights = fullWidth(name, base);
    float[] image = OfficialNetworks.images("networks/full-width/input-u8.npy")[0];
    try (TeacherNetwork teacher = TeacherNetwork.of(architecture, weights)) {
      assertFullWidthOutput(teacher.describe(image), 384, name);
    }
  }

  private static void assertFullWidthOutput(float[] output, int channels, String name)
      throws IOException {
    String prefix = "networks/full-width/" + name;
    assertSpots(output, prefix);
    JsonNode expected = json(prefix + ".json");
    assertStatistics(output, expected);
    int largest = 0;
    for (int i = 0; i < output.length; i++) {
      largest = output[i] > output[largest] ? i : largest;
    }
    assertThat(largest).isEqualTo(expected.get("argmax_flat").intValue());
    double[] means = Fixtures.npy(prefix + "-channel-means.npy").doubles();
    double[] stds = Fixtures.npy(prefix + "-channel-stds.npy").doubles();
    int positions = output.length / channels;
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      double squares = 0;
      for (int i = c * positions; i < (c + 1) * positions; i++) {
        sum += output[i];
      }
      for (int i = c * positions; i < (c + 1) * positions; i++) {
        squares += Math.pow(output[i] - sum / positions, 2);
      }
      assertThat(sum / positions).isCloseTo(means[c], within(CHANNEL_TOLERANCE));
      assertThat(Math.sqrt(squares / positions)).isCloseTo(stds[c], within(CHANNEL_TOLERANCE));
    }
  }

  /** The weights that the recipe makes, after a look whether they are those of the file. */
  private static StateDict fullWidth(String name, int base) throws IOException {
    JsonNode tensors = json("networks/full-width/" + name + ".json").get("tensors");
    return FormulaTensors.of(name, base, tensors);
  }

  private static JsonNode json(String relative) throws IOException {
    return new ObjectMapper().readTree(Fixtures.path(relative).toFile());
  }

  private static JsonNode extra(String name) throws IOException {
    return json("networks/reduced/outputs.json").get("extras").get(name);
  }

  private static void assertStatistics(float[] output, JsonNode expected) {
    double least = output[0];
    double largest = output[0];
    double sum = 0;
    for (float value : output) {
      least = Math.min(least, value);
      largest = Math.max(largest, value);
      sum += value;
    }
    double mean = sum / output.length;
    double squares = 0;
    for (float value : output) {
      squares += (value - mean) * (value - mean);
    }
    double deviation = Math.sqrt(squares / output.length);
    assertThat(least).isCloseTo(expected.get("min").doubleValue(), within(TOLERANCE));
    assertThat(largest).isCloseTo(expected.get("max").doubleValue(), within(TOLERANCE));
    assertThat(mean).isCloseTo(expected.get("mean").doubleValue(), within(CHANNEL_TOLERANCE));
    assertThat(deviation).isCloseTo(expected.get("std").doubleValue(), within(CHANNEL_TOLERANCE));
  }

  /**
   * How much of each layer is above zero, where our graph shows it: the student's first convolution
   * is pooled at once, and its last is two.
   */
  private static void assertLayers(ComputationGraph graph, float[] image) throws IOException {
    try (INDArray input = Nd4j.createFromArray(image).reshape('c', 1, 3, 256, 256)) {
      Map<String, INDArray> activations = graph.feedForward(new INDArray[] {input, input}, false);
      JsonNode student = json("networks/full-width/pdn-s-768.json").get("layers_preactivation");
      for (String name : List.of("conv2", "conv3")) {
        assertPositive(activations.get("student." + name), student.get(name));
      }
      JsonNode autoencoder =
          json("networks/full-width/autoencoder-384-256.json").get("layers_preactivation");
      for (OfficialNames.Convolution convolution :
          OfficialNames.autoencoder(Architecture.SMALL).convolutions()) {
        assertPositive(
            activations.get(convolution.layers().get(0)), autoencoder.get(convolution.name()));
      }
    }
  }

  /** Values within rounding of zero may fall on either side. */
  private static void assertPositive(INDArray activation, JsonNode expected) {
    double positive = 0;
    float[] values = RowMajor.floats(activation);
    for (float value : values) {
      positive += value > 0 ? 1 : 0;
    }
    assertThat(positive / values.length)
        .isCloseTo(expected.get("fraction_positive").doubleValue(), within(CHANNEL_TOLERANCE));
  }

  private static void assertSpots(float[] output, String prefix) {
    double[] indices = Fixtures.npy(prefix + "-spot-indices.npy").doubles();
    float[] values = Fixtures.npy(prefix + "-spot-values.npy").floats();
    for (int i = 0; i < indices.length; i++) {
      assertThat((double) output[(int) indices[i]]).isCloseTo(values[i], within(TOLERANCE));
    }
  }

  private static void assertSame(StateDict actual, StateDict expected) {
    assertThat(actual.names()).containsExactlyElementsOf(expected.names());
    for (String name : expected.names()) {
      assertThat(actual.shape(name)).as(name).isEqualTo(expected.shape(name));
      assertThat(Arrays.equals(actual.tensor(name).bytes(), expected.tensor(name).bytes()))
          .as(name)
          .isTrue();
    }
  }

  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      largest = Math.max(largest, Math.abs((double) actual[i] - expected[i]));
    }
    assertThat(largest).isLessThan(TOLERANCE);
  }

  private static float[] part(float[] values, int index, int length) {
    return Arrays.copyOfRange(values, index * length, (index + 1) * length);
  }
}
