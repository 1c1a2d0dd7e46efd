package dev.puad.model.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import dev.puad.model.distill.TeacherFile.Precision;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.NarrowNetworks;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.weights.SafetensorsFile;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeacherFileTest {

  private static final Architecture NARROW = NarrowNetworks.ARCHITECTURE;
  private static final String FILTERS = "conv2.weight";

  @TempDir private Path folder;

  private StateDict weights;

  @BeforeEach
  void draw() {
    try (TeacherNetwork teacher = TeacherNetwork.random(NARROW, 3)) {
      weights = teacher.weights();
    }
  }

  @Test
  void float32WeightsReadBackBitForBit() throws IOException {
    StateDict read = TeacherFile.weights(SafetensorsFile.read(write(Precision.FLOAT32)));

    assertThat(read.names()).containsExactlyElementsOf(weights.names());
    for (String name : weights.names()) {
      assertThat(read.shape(name)).isEqualTo(weights.shape(name));
      assertThat(read.tensor(name).bytes()).isEqualTo(weights.tensor(name).bytes());
    }
  }

  @Test
  void int8WeightsAreWithinHalfAStepOfTheirFiltersScale() throws IOException {
    StateDict file = SafetensorsFile.read(write(Precision.INT8));
    StateDict read = TeacherFile.weights(file);

    assertThat(read.names()).containsExactlyElementsOf(weights.names());
    for (String name : weights.names()) {
      float[] given = weights.tensor(name).floats();
      float[] found = read.floats(name, weights.shape(name));
      if (name.endsWith("weight")) {
        float[] scales = file.tensor(name + ".scale").floats();
        assertThat(file.tensor(name).type()).isEqualTo(Tensor.Type.INT8);
        assertThat(scales).hasSize(weights.shape(name)[0]);
        for (int i = 0; i < given.length; i++) {
          double step = scales[i / (given.length / scales.length)];
          assertThat(Math.abs((double) found[i] - given[i])).isLessThanOrEqualTo(0.5001 * step);
        }
      } else {
        assertThat(found).isEqualTo(given);
      }
    }
  }

  @Test
  void aFiltersScaleIsTheLeastThatHoldsItsLargestWeight() throws IOException {
    float[] scales =
        SafetensorsFile.read(write(Precision.INT8)).tensor(FILTERS + ".scale").floats();
    float[] given = weights.tensor(FILTERS).floats();
    int length = given.length / scales.length;
    for (int filter = 0; filter < scales.length; filter++) {
      float largest = 0;
      for (int i = filter * length; i < (filter + 1) * length; i++) {
        largest = Math.max(largest, Math.abs(given[i]));
      }
      assertThat(scales[filter]).isEqualTo(largest / 127);
    }
  }

  @Test
  void aFilterOfZerosStaysZero() throws IOException {
    Map<String, Tensor> zeros = new LinkedHashMap<>(weights.tensors());
    int[] shape = weights.shape(FILTERS);
    zeros.put(FILTERS, Tensor.of(new float[weights.tensor(FILTERS).size()], shape));
    weights = new StateDict("zeros", zeros);

    StateDict read = TeacherFile.weights(SafetensorsFile.read(write(Precision.INT8)));

    assertThat(read.floats(FILTERS, shape)).containsOnly(0);
  }

  @Test
  void int8TakesAboutAQuarterOfTheSize() throws IOException {
    try (TeacherNetwork teacher = TeacherNetwork.random(Architecture.TINY, 3)) {
      weights = teacher.weights();
    }
    assertThat((double) Files.size(write(Precision.INT8)))
        .isLessThan(0.27 * Files.size(write(Precision.FLOAT32)));
  }

  @Test
  void statisticsAreInTheFileButNoWeights() throws IOException {
    StateDict file = SafetensorsFile.read(write(Precision.FLOAT32));

    assertThat(file.tensor("statistics.mean").doubles()).containsExactly(0.1, 0.2);
    assertThat(file.tensor("statistics.deviation").doubles()).containsExactly(3, 4);
    assertThat(TeacherFile.weights(file).names()).noneMatch(name -> name.startsWith("statistics"));
  }

  @Test
  void howItWasMadeIsInTheFile() throws IOException {
    Path file = write(Precision.INT8);

    assertThat(SafetensorsFile.metadata(file))
        .isEqualTo(Map.of("steps", "60000", "licence", "Apache-2.0 \"as is\""));
  }

  @Test
  void theWeightsAreOfTheSourceThatMessagesName() throws IOException {
    Path file = write(Precision.INT8);
    assertThat(TeacherFile.weights(SafetensorsFile.read(file)).source()).isEqualTo(file.toString());
  }

  @Test
  void weightsThatAreNoTeacherFilesStayAsTheyAre() {
    assertThat(TeacherFile.weights(weights).tensors()).isEqualTo(weights.tensors());
  }

  /** A batch normalisation's, say: what has no place in a teacher is refused where it is loaded. */
  @Test
  void aTensorNamedScaleThatScalesNothingIsKept() {
    Map<String, Tensor> more = new LinkedHashMap<>(weights.tensors());
    more.put("norm.scale", Tensor.of(new float[] {1}, 1));
    assertThat(TeacherFile.weights(new StateDict("x", more)).names()).contains("norm.scale");
  }

  @Test
  void scalesOfWeightsThatAreNotInt8AreRefused() {
    assertDamaged(
        FILTERS,
        weights.tensor(FILTERS),
        "Cannot use x: its tensor conv2.weight has scales but is of type FLOAT32, not int8. Distil"
            + " it again.");
  }

  @Test
  void scalesOfAnotherNumberThanFiltersAreRefused() {
    assertDamaged(
        FILTERS + ".scale",
        Tensor.of(new float[] {1, 2}, 2),
        "Cannot use x: its tensor conv2.weight.scale is [2], not [4]. Give the weights of a network"
            + " of this size.");
  }

  @Test
  void aScaleThatIsNotFiniteIsRefused() {
    assertDamaged(
        FILTERS + ".scale",
        Tensor.of(new float[] {1, Float.NaN, 1, 1}, 4),
        "Cannot use x: its tensor conv2.weight.scale has a value that is not finite (NaN at [1])."
            + " Give weights of a training that did not diverge.");
  }

  @Test
  void int8WeightsWithoutScalesAreRefusedWhereTheyAreLoaded() throws IOException {
    Map<String, Tensor> file =
        new LinkedHashMap<>(SafetensorsFile.read(write(Precision.INT8)).tensors());
    file.remove(FILTERS + ".scale");
    StateDict read = TeacherFile.weights(new StateDict("x", file));

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> TeacherNetwork.of(NARROW, read))
        .withMessage(
            "Cannot use x: its tensor conv2.weight is of type INT8, not of a floating one. Give the"
                + " weights as they were trained.");
  }

  @Test
  void everyPrecisionIsFoundByItsName() {
    assertThat(Precision.names()).isEqualTo(List.of("float32", "int8"));
    assertThat(Precision.names().stream().map(Precision::named))
        .containsExactly(Precision.values());
  }

  /** An int8 file with one tensor replaced is refused. */
  private void assertDamaged(String name, Tensor tensor, String message) {
    Map<String, Tensor> file = new LinkedHashMap<>();
    try {
      file.putAll(SafetensorsFile.read(write(Precision.INT8)).tensors());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    file.put(name, tensor);
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> TeacherFile.weights(new StateDict("x", file)))
        .withMessage(message);
  }

  private Path write(Precision precision) throws IOException {
    Path file = folder.resolve(precision + ".safetensors");
    TeacherFile.write(
        file,
        weights,
        precision,
        new TeacherFile.Statistics(new double[] {0.1, 0.2}, new double[] {3, 4}),
        Map.of("steps", "60000", "licence", "Apache-2.0 \"as is\""));
    return file;
  }
}
