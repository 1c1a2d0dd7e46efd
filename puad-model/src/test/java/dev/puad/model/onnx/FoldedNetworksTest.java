package dev.puad.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.BadInputException;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.NarrowNetworks;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FoldedNetworksTest {

  private static final Architecture ARCHITECTURE = NarrowNetworks.ARCHITECTURE;
  private static final FoldedNetworks.Trained TRAINED = NarrowFolded.trained();
  private static final FoldedNetworks FOLDED = NarrowFolded.networks();

  /** ImageNet's, in [0, 1], as torchvision documents them. */
  private static final double[] MEAN = {0.485, 0.456, 0.406};

  private static final double[] DEVIATION = {0.229, 0.224, 0.225};

  static Stream<Arguments> firstConvolutions() {
    return Stream.of(
        Arguments.of("teacher.conv1", TRAINED.teacher(), "conv1"),
        Arguments.of("student.conv1", TRAINED.student(), "conv1"),
        Arguments.of("autoencoder.enconv1", TRAINED.autoencoder(), "encoder.enconv1"));
  }

  @ParameterizedTest
  @MethodSource("firstConvolutions")
  void aFirstConvolutionOfPixelsIsTheTrainedOneOfNormalizedImages(
      String name, StateDict trained, String official) {
    Convolution folded = FOLDED.convolution(name);
    double[] pixels = new SplittableRandom(4).ints(3 * 16, 0, 256).asDoubleStream().toArray();
    double[] centred = new double[pixels.length];
    double[] normalized = new double[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      centred[i] = pixels[i] - FoldedNetworks.PIXEL_MEAN[i / 16];
      normalized[i] = (pixels[i] / 255 - MEAN[i / 16]) / DEVIATION[i / 16];
    }
    float[] weight = trained.tensor(official + ".weight").floats();
    float[] bias = trained.tensor(official + ".bias").floats();
    for (int o = 0; o < folded.outputs(); o++) {
      assertThat(sum(folded.weight(), folded.bias(), o, centred))
          .isCloseTo(sum(weight, bias, o, normalized), within(1e-6));
    }
  }

  @Test
  void theTeachersLastConvolutionDrawsNormalizedFeatures() {
    Convolution folded = FOLDED.convolution("teacher.conv4");
    double[] inputs = new SplittableRandom(5).doubles(4 * 16, -1, 1).toArray();
    float[] weight = TRAINED.teacher().tensor("conv4.weight").floats();
    float[] bias = TRAINED.teacher().tensor("conv4.bias").floats();
    for (int o = 0; o < folded.outputs(); o++) {
      double raw = sum(weight, bias, o, inputs);
      assertThat(sum(folded.weight(), folded.bias(), o, inputs))
          .isCloseTo((raw - NarrowFolded.MEAN[o]) / NarrowFolded.DEVIATION[o], within(1e-6));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"student.local", "student.global"})
  void theStudentsHalvesAreItsFormerAndItsLatterChannels(String half) {
    Convolution folded = FOLDED.convolution(half);
    int first = half.equals("student.local") ? 0 : ARCHITECTURE.channels();
    double[] inputs = new SplittableRandom(6).doubles(4 * 16, -1, 1).toArray();
    float[] weight = TRAINED.student().tensor("conv4.weight").floats();
    float[] bias = TRAINED.student().tensor("conv4.bias").floats();
    assertThat(folded.outputs()).isEqualTo(ARCHITECTURE.channels());
    for (int o = 0; o < folded.outputs(); o++) {
      assertThat(sum(folded.weight(), folded.bias(), o, inputs))
          .isEqualTo(sum(weight, bias, first + o, inputs));
    }
  }

  @Test
  void convolutionsInBetweenAreTheTrainedOnes() {
    assertThat(FOLDED.convolution("teacher.conv2").weight())
        .isEqualTo(TRAINED.teacher().tensor("conv2.weight").floats());
    assertThat(FOLDED.convolution("student.conv3").bias())
        .isEqualTo(TRAINED.student().tensor("conv3.bias").floats());
    assertThat(FOLDED.convolution("autoencoder.enconv6").weight())
        .isEqualTo(TRAINED.autoencoder().tensor("encoder.enconv6.weight").floats());
    assertThat(FOLDED.convolution("autoencoder.deconv8").weight())
        .isEqualTo(TRAINED.autoencoder().tensor("decoder.deconv8.weight").floats());
  }

  @Test
  void whatAGraphHoldsIsReadAgainBitForBit() {
    FoldedNetworks read =
        FoldedNetworks.of(ARCHITECTURE, OnnxWeights.read(NarrowFolded.model(), "puad.onnx"));
    assertThat(read).usingRecursiveComparison().isEqualTo(FOLDED);
  }

  @Test
  void aMissingConvolutionIsRefused() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(weights().tensors());
    tensors.remove("student.global.bias");
    assertRefused(
        tensors,
        "Cannot use puad.onnx: it has no tensor student.global.bias."
            + " Give the weights of this kind of network.");
  }

  @Test
  void aConvolutionOfAnotherShapeIsRefused() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(weights().tensors());
    tensors.put("teacher.conv3.weight", Tensor.of(new float[8], 4, 2, 1, 1));
    assertRefused(
        tensors,
        "Cannot use puad.onnx: its tensor teacher.conv3.weight is [4, 2, 1, 1], not [4, 4, 3, 3]."
            + " Give the weights of a network of this size.");
  }

  @Test
  void aWeightThatIsNotFiniteIsRefused() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(weights().tensors());
    float[] biases = new float[ARCHITECTURE.channels()];
    biases[2] = Float.NaN;
    tensors.put("teacher.conv4.bias", Tensor.of(biases, biases.length));
    assertRefused(
        tensors,
        "Cannot use puad.onnx: its tensor teacher.conv4.bias has a value that is not finite"
            + " (NaN at [2]). Give weights of a training that did not diverge.");
  }

  @Test
  void otherConstantsAreIgnored() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(weights().tensors());
    tensors.put("student_map.low", Tensor.of(new float[] {3}));
    assertThat(FoldedNetworks.of(ARCHITECTURE, new StateDict("puad.onnx", tensors)))
        .usingRecursiveComparison()
        .isEqualTo(FOLDED);
  }

  private static StateDict weights() {
    return OnnxWeights.read(NarrowFolded.model(), "puad.onnx");
  }

  private static void assertRefused(Map<String, Tensor> tensors, String message) {
    StateDict weights = new StateDict("puad.onnx", tensors);
    assertThatThrownBy(() -> FoldedNetworks.of(ARCHITECTURE, weights))
        .isInstanceOf(BadInputException.class)
        .hasMessage(message);
  }

  /** One output of a convolution at one position, whose window holds {@code inputs}. */
  private static double sum(float[] weight, float[] bias, int output, double[] inputs) {
    return bias[output]
        + IntStream.range(0, inputs.length)
            .mapToDouble(i -> weight[output * inputs.length + i] * inputs[i])
            .sum();
  }
}
