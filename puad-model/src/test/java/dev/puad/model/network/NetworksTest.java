package dev.puad.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.BadInputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.profiler.OpProfiler;
import org.nd4j.linalg.profiler.ProfilerConfig;

class NetworksTest {

  private final SplittableRandom random = new SplittableRandom(3);

  @Test
  void outputsHaveTheSizesOfThePapers() {
    assertThat(Architecture.SMALL.outputSize()).isEqualTo(56);
    assertThat(Architecture.SMALL.channels()).isEqualTo(384);
    assertThat(Architecture.SMALL.decoderSizes()).containsExactly(3, 8, 15, 32, 63, 127);
    assertThat(Architecture.TINY.outputSize()).isEqualTo(24);
    assertThat(Architecture.TINY.decoderSizes()).containsExactly(1, 4, 7, 16, 31, 63);
  }

  @Test
  void anUnknownArchitectureIsRefusedByName() {
    assertThatThrownBy(() -> Architecture.named("huge"))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot find a network named huge. Choose one of: small, medium, tiny.");
  }

  @ParameterizedTest
  @CsvSource({
    "20, 4, 'A PDN of 4 blocks has no output for an image of 20 px.'",
    "64, 4, 'The autoencoder has no use for an image of 64 px: it needs a multiple of 4 from 128.'",
    "100, 2, 'The autoencoder has no use for an image of 100 px: it needs a multiple of 4 from 128.'",
    "130, 4, 'The autoencoder has no use for an image of 130 px: it needs a multiple of 4 from 128.'"
  })
  void imagesTooSmallForTheNetworksAreRefused(int imageSize, int kernel, String message) {
    Architecture tiny = Architecture.TINY;
    assertThatThrownBy(
            () ->
                new Architecture(
                    "smaller",
                    imageSize,
                    tiny.descriptor(),
                    tiny.student(),
                    tiny.encoder(),
                    kernel,
                    tiny.decoder(),
                    tiny.recipe()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aStudentThatDoesNotFitItsTeacherIsRefused() {
    Architecture tiny = Architecture.TINY;
    assertThatThrownBy(
            () ->
                new Architecture(
                    "unfit",
                    128,
                    tiny.descriptor(),
                    tiny.descriptor(),
                    tiny.encoder(),
                    4,
                    tiny.decoder(),
                    tiny.recipe()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The student [Block[kernel=4, padding=3, channels=32")
        .hasMessageContaining(" does not fit the teacher ");
  }

  @ParameterizedTest
  @CsvSource({"256, 56", "260, 57", "288, 64", "320, 72", "512, 120", "640, 152"})
  void theNetworksTakeEveryMultipleOfFourFromTheSmallestSize(int imageSize, int outputSize) {
    for (Architecture network : List.of(Architecture.SMALL, Architecture.MEDIUM)) {
      assertThat(network.withImageSize(imageSize).outputSize()).isEqualTo(outputSize);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-4, 0, 128, 252, 257, 258, 513})
  void anImageSizeThatTheAutoencoderDoesNotSupportIsRefused(int imageSize) {
    assertThatThrownBy(() -> Architecture.SMALL.withImageSize(imageSize))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot use images of %d px with network small: its autoencoder takes a multiple of 4,"
                + " 256 or more. Choose such a size.",
            imageSize);
  }

  @Test
  void convolutionsEqualTheirDefinition() {
    ComputationGraphConfiguration configuration =
        Layers.inference()
            .addInputs("x")
            .addLayer("conv", OneDnnConvolution.of(4, 2, 1, 3, 5), "x")
            .setOutputs("conv")
            .build();
    ComputationGraph graph = new ComputationGraph(configuration);
    graph.init();
    Weights.uniform(graph, 2);
    int size = 14;
    float[] x = normal(3 * size * size);
    float[] w = graph.getLayer("conv").getParam("W").dup('c').data().asFloat();
    float[] b = graph.getLayer("conv").getParam("b").dup('c').data().asFloat();
    INDArray out = graph.outputSingle(Nd4j.createFromArray(x).reshape('c', 1, 3, size, size));
    assertThat(out.shape()).containsExactly(1, 5, 7, 7);
    for (int o = 0; o < 5; o++) {
      for (int row = 0; row < 7; row++) {
        for (int column = 0; column < 7; column++) {
          double sum = b[o];
          for (int c = 0; c < 3; c++) {
            for (int i = 0; i < 4; i++) {
              for (int j = 0; j < 4; j++) {
                int y = 2 * row + i - 1;
                int z = 2 * column + j - 1;
                if (y >= 0 && y < size && z >= 0 && z < size) {
                  sum += w[((o * 3 + c) * 4 + i) * 4 + j] * x[(c * size + y) * size + z];
                }
              }
            }
          }
          assertThat(out.getDouble(0, o, row, column)).isCloseTo(sum, within(1e-5));
        }
      }
    }
    graph.close();
  }

  @Test
  void everyConvolutionOfATrainingStepRunsOnOneDnn() {
    byte[] bytes;
    try (TrainingNetwork network = TrainingNetwork.create(Architecture.TINY, 1)) {
      bytes = network.bytes();
    }
    // As a Spark worker has it: restored, then built anew from its configuration.
    try (TrainingNetwork restored = TrainingNetwork.read(Architecture.TINY, bytes)) {
      ComputationGraph worker = new ComputationGraph(restored.graph().getConfiguration().clone());
      worker.init(restored.graph().params(), false);
      Map<String, Integer> ops = ops(() -> worker.fit(minibatch()));
      // The student has two behind the stem and two heads, the autoencoder has 14.
      assertThat(ops).containsEntry("conv2d", 18).containsEntry("conv2d_bp", 18);
      worker.close();
    }
  }

  @Test
  void resizingFollowsPyTorchsBilinearInterpolation() {
    ComputationGraphConfiguration configuration =
        Layers.inference()
            .addInputs("x")
            .addVertex("resize", new ResizeVertex(3, 7), "x")
            .setOutputs("resize")
            .build();
    ComputationGraph graph = new ComputationGraph(configuration);
    graph.init();
    float[] x = normal(2 * 9);
    INDArray out = graph.outputSingle(Nd4j.createFromArray(x).reshape('c', 1, 2, 3, 3));
    for (int c = 0; c < 2; c++) {
      for (int row = 0; row < 7; row++) {
        for (int column = 0; column < 7; column++) {
          double y = Math.max(0, (row + 0.5) * 3 / 7 - 0.5);
          double z = Math.max(0, (column + 0.5) * 3 / 7 - 0.5);
          double expected = 0;
          for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
              double weight = tent(Math.min(y, 2), i) * tent(Math.min(z, 2), j);
              expected += weight * x[(c * 3 + i) * 3 + j];
            }
          }
          assertThat(out.getDouble(0, c, row, column)).isCloseTo(expected, within(1e-5));
        }
      }
    }
    graph.close();
  }

  @Test
  void aRandomTeachersFiltersAreOrthogonalWithGainRootTwo() {
    try (TeacherNetwork teacher = TeacherNetwork.random(Architecture.TINY, 1)) {
      float[] filters = teacher.weights().floats("conv1.weight", 32, 3, 4, 4);
      for (int i = 0; i < 32; i++) {
        for (int j = 0; j < 32; j++) {
          double product = 0;
          for (int k = 0; k < 48; k++) {
            product += filters[48 * i + k] * filters[48 * j + k];
          }
          assertThat(product).isCloseTo(i == j ? 2 : 0, within(1e-5));
        }
      }
    }
  }

  @Test
  void aTeacherReadBackDescribesTheSame() {
    float[] image = normal(Architecture.TINY.imageLength());
    try (TeacherNetwork teacher = TeacherNetwork.random(Architecture.TINY, 1);
        TeacherNetwork copy = TeacherNetwork.read(Architecture.TINY, teacher.bytes())) {
      assertThat(copy.describe(image)).isEqualTo(teacher.describe(image)).hasSize(64 * 24 * 24);
    }
  }

  @Test
  void aNetworkWithAnEntryThatDeeplearning4jWouldDeserializeIsRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(ModelSerializer.PREPROCESSOR_BIN));
      zip.closeEntry();
    }
    assertThatThrownBy(() -> TeacherNetwork.read(Architecture.TINY, bytes.toByteArray()))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read network teacher: it has an entry preprocessor.bin, which no network has."
                + " Train again.");
  }

  @Test
  void aNetworkWhoseWeightsAreCutOffIsRefused() throws IOException {
    byte[] whole;
    try (TeacherNetwork teacher = TeacherNetwork.random(Architecture.TINY, 1)) {
      whole = teacher.bytes();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(whole));
        ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        byte[] content = in.readAllBytes();
        boolean weights = entry.getName().equals(ModelSerializer.COEFFICIENTS_BIN);
        out.putNextEntry(new ZipEntry(entry.getName()));
        out.write(content, 0, weights ? content.length - 4 : content.length);
        out.closeEntry();
      }
    }

    assertThatThrownBy(() -> TeacherNetwork.read(Architecture.TINY, bytes.toByteArray()))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read network teacher: it is not a Deeplearning4j model, or damaged."
                + " Train again.");
  }

  @Test
  void aFileThatIsNoNetworkIsRefused() {
    byte[] text = "not a network".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> TeacherNetwork.read(Architecture.TINY, text))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read network teacher: it is not a Deeplearning4j model, or damaged."
                + " Train again.");
  }

  @Test
  void openingAndClosingNetworksLeavesNoNativeMemoryBehind() throws InterruptedException {
    byte[] bytes;
    try (TeacherNetwork teacher = TeacherNetwork.random(Architecture.TINY, 1)) {
      bytes = teacher.bytes();
    }
    float[] image = normal(Architecture.TINY.imageLength());
    // As often as then, so that Java's heap has its size.
    describe(bytes, image, 50);
    System.gc();
    long before = Pointer.physicalBytes();
    describe(bytes, image, 50);
    long most = before + (30L << 20);
    // What DL4J itself leaves to the garbage collection is freed by threads that tell nobody.
    for (int tries = 0; tries < 50 && Pointer.physicalBytes() >= most; tries++) {
      System.gc();
      Thread.sleep(100);
    }
    assertThat(Pointer.physicalBytes()).isLessThan(most);
  }

  private static void describe(byte[] bytes, float[] image, int times) {
    for (int i = 0; i < times; i++) {
      try (TeacherNetwork teacher = TeacherNetwork.read(Architecture.TINY, bytes)) {
        teacher.describe(image);
      }
    }
  }

  /** How often each native operation runs; the stock convolution would multiply matrices. */
  private static Map<String, Integer> ops(Runnable action) {
    OpProfiler profiler = OpProfiler.getInstance();
    ProfilerConfig before = profiler.getConfig();
    List<String> names = List.of("conv2d", "conv2d_bp");
    try {
      profiler.setConfig(ProfilerConfig.builder().stackTrace(true).build());
      profiler.reset();
      action.run();
      Map<String, Integer> counts = new HashMap<>();
      for (String name : names) {
        counts.put(name, (int) profiler.getOpCounter().getCount(name));
      }
      return counts;
    } finally {
      profiler.setConfig(before);
      profiler.reset();
    }
  }

  private MultiDataSet minibatch() {
    Architecture tiny = Architecture.TINY;
    float[][] image = {normal(tiny.imageLength())};
    float[][] described = {normal(tiny.channels() * tiny.positions())};
    return TrainingNetwork.minibatch(tiny, image, image, new float[0][], described, described);
  }

  private static double tent(double position, int node) {
    return Math.max(0, 1 - Math.abs(position - node));
  }

  private float[] normal(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
