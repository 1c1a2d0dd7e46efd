package dev.puad.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.puad.model.onnx.Convolutions.Term;
import dev.puad.model.onnx.Convolutions.Then;
import dev.puad.model.onnx.GraphBuilder.Attribute;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import onnx.Onnx.ModelProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

class WinogradConvolutionsTest {

  /** Of the largest value; the worst of these layers is off by 4.3e-6. */
  private static final double TOLERANCE = 1e-5;

  private static final int INPUTS = 16;
  private static final int OUTPUTS = 5;

  private final GraphBuilder graph = new GraphBuilder();
  private final Convolutions convolutions = new WinogradConvolutions();

  /** Kernels, paddings, sides of the output, whole tiles and not, and what follows. */
  static Stream<Arguments> layers() {
    return IntStream.of(3, 4)
        .boxed()
        .flatMap(
            kernel ->
                IntStream.of(0, 1, 2)
                    .boxed()
                    .flatMap(
                        padding ->
                            IntStream.of(16, 17, 18, 19, 29)
                                .boxed()
                                .flatMap(
                                    side ->
                                        Arrays.stream(Then.values())
                                            .map(
                                                then ->
                                                    Arguments.of(kernel, padding, side, then)))));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void aLayerIsTheConvolution(int kernel, int padding, int side, Then then) throws OrtException {
    Images images = Images.random(1, 3, INPUTS, side + kernel - 1 - 2 * padding);
    Convolution weights = random("layer", OUTPUTS, INPUTS, kernel);
    Value output = convolutions.convolve(graph, images.drawn(graph, "x"), weights, padding, then);
    Images expected = images.convolved(weights, padding).then(then);
    assertThat(output.side()).isEqualTo(expected.side());
    assertThat(output.channels()).isEqualTo(OUTPUTS);
    assertClose(run(output, Map.of("x", images)), expected);
  }

  @Test
  void anImageByItselfIsConvolvedLikeOneOfABatch() throws OrtException {
    Images images = Images.random(1, 1, INPUTS, 20);
    Convolution weights = random("layer", OUTPUTS, INPUTS, 4);
    Value output =
        convolutions.convolve(graph, images.drawn(graph, "x"), weights, 0, Then.RELU_AND_POOL);
    assertClose(
        run(output, Map.of("x", images)), images.convolved(weights, 0).then(Then.RELU_AND_POOL));
  }

  @ParameterizedTest
  @CsvSource({"4, 0, 4, 0", "4, 0, 3, 1", "3, 1, 4, 0", "3, 0, 3, 2", "4, 2, 3, 0"})
  void aDifferenceIsThatOfTwoConvolutions(
      int kernel, int padding, int otherKernel, int otherPadding) throws OrtException {
    int side = 18;
    Images images = Images.random(1, 3, INPUTS, side + kernel - 1 - 2 * padding);
    Images others = Images.random(2, 3, INPUTS + 1, side + otherKernel - 1 - 2 * otherPadding);
    Convolution minuend = random("minuend", OUTPUTS, INPUTS, kernel);
    Convolution subtrahend = random("subtrahend", OUTPUTS, INPUTS + 1, otherKernel);
    Value output =
        convolutions.meanSquaredDifference(
            graph,
            new Term(images.drawn(graph, "x"), minuend, padding),
            new Term(others.drawn(graph, "y"), subtrahend, otherPadding));
    assertThat(output.side()).isEqualTo(side);
    assertThat(output.channels()).isEqualTo(1);
    assertClose(
        run(output, Map.of("x", images, "y", others)),
        images
            .convolved(minuend, padding)
            .meanSquaredDifference(others.convolved(subtrahend, otherPadding)));
  }

  /** As the student's halves see the same features. */
  @Test
  void aSecondConvolutionOfTheSameInputUsesItsTransform() throws OrtException {
    Images images = Images.random(1, 2, INPUTS, 19);
    Value input = images.drawn(graph, "x");
    Convolution first = random("first", OUTPUTS, INPUTS, 4);
    Convolution second = random("second", OUTPUTS, INPUTS, 4);
    convolutions.convolve(graph, input, first, 0, Then.RELU);
    long before = count("Concat", "Conv");
    Value output = convolutions.convolve(graph, input, second, 0, Then.RELU);
    assertThat(count("Concat", "Conv") - before).isEqualTo(2);
    assertClose(run(output, Map.of("x", images)), images.convolved(second, 0).then(Then.RELU));
  }

  /** Of an output of 17, five tiles are needed; of the same before a pooling, four. */
  @Test
  void aSecondConvolutionInOtherTilesHasATransformOfItsOwn() throws OrtException {
    Images images = Images.random(1, 2, INPUTS, 20);
    Value input = images.drawn(graph, "x");
    Convolution first = random("first", OUTPUTS, INPUTS, 4);
    Convolution second = random("second", OUTPUTS, INPUTS, 4);
    convolutions.convolve(graph, input, first, 0, Then.RELU);
    Value output = convolutions.convolve(graph, input, second, 0, Then.RELU_AND_POOL);
    assertClose(
        run(output, Map.of("x", images)), images.convolved(second, 0).then(Then.RELU_AND_POOL));
  }

  @ParameterizedTest
  @CsvSource({"1, 16, 20", "4, 15, 20", "4, 16, 15"})
  void aLayerForWhichItDoesNotPayIsComputedPlainly(int kernel, int inputs, int side) {
    Images images = Images.random(1, 1, inputs, side + kernel - 1);
    Convolution weights = random("layer", OUTPUTS, inputs, kernel);
    convolutions.convolve(graph, images.drawn(graph, "x"), weights, 0, Then.RELU);
    GraphBuilder plain = new GraphBuilder();
    new PlainConvolutions().convolve(plain, images.drawn(plain, "x"), weights, 0, Then.RELU);
    assertThat(graph.model(Map.of())).isEqualTo(plain.model(Map.of()));
  }

  @ParameterizedTest
  @CsvSource({"15, 16, 18", "16, 15, 18", "16, 16, 15"})
  void aDifferenceForWhichItDoesNotPayIsComputedPlainly(int inputs, int otherInputs, int side) {
    Convolution minuend = random("minuend", OUTPUTS, inputs, 4);
    Convolution subtrahend = random("subtrahend", OUTPUTS, otherInputs, 4);
    Images images = Images.random(1, 1, inputs, side + 3);
    Images others = Images.random(2, 1, otherInputs, side + 3);
    convolutions.meanSquaredDifference(
        graph,
        new Term(images.drawn(graph, "x"), minuend, 0),
        new Term(others.drawn(graph, "y"), subtrahend, 0));
    GraphBuilder plain = new GraphBuilder();
    new PlainConvolutions()
        .meanSquaredDifference(
            plain,
            new Term(images.drawn(plain, "x"), minuend, 0),
            new Term(others.drawn(plain, "y"), subtrahend, 0));
    assertThat(graph.model(Map.of())).isEqualTo(plain.model(Map.of()));
  }

  private long count(String... types) {
    List<String> wanted = List.of(types);
    try {
      return ModelProto.parseFrom(graph.model(Map.of())).getGraph().getNodeList().stream()
          .filter(node -> wanted.contains(node.getOpType()))
          .count();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private float[] run(Value output, Map<String, Images> inputs) throws OrtException {
    graph.output("out", output.name(), output.channels(), output.side(), output.side());
    OnnxRun run = new OnnxRun();
    for (Map.Entry<String, Images> input : inputs.entrySet()) {
      Images images = input.getValue();
      run.bytes(
          input.getKey(),
          images.bytes(),
          images.count(),
          images.channels(),
          images.side(),
          images.side());
    }
    return run.of(graph.model(Map.of())).get("out");
  }

  private static void assertClose(float[] actual, Images expected) {
    double[] values = expected.values();
    assertThat(actual).hasSameSizeAs(values);
    double largest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      worst = Math.max(worst, Math.abs(actual[i] - values[i]));
    }
    assertThat(worst / largest).isLessThanOrEqualTo(TOLERANCE);
  }

  private static Convolution random(String name, int outputs, int inputs, int kernel) {
    SplittableRandom random = new SplittableRandom(name.length());
    float[] weight = new float[outputs * inputs * kernel * kernel];
    for (int i = 0; i < weight.length; i++) {
      weight[i] = (float) random.nextDouble(-0.1, 0.1);
    }
    float[] bias = new float[outputs];
    for (int i = 0; i < outputs; i++) {
      bias[i] = (float) random.nextDouble(-0.5, 0.5);
    }
    return new Convolution(name, outputs, inputs, kernel, weight, bias);
  }

  /** Images in double, [count, channels, side, side], and what is done to them by definition. */
  private record Images(int count, int channels, int side, double[] values) {

    /** Of bytes, as {@link #drawn} reads them. */
    static Images random(long seed, int count, int channels, int side) {
      byte[] bytes = new byte[count * channels * side * side];
      new SplittableRandom(seed).nextBytes(bytes);
      double[] values = new double[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        values[i] = (Byte.toUnsignedInt(bytes[i]) - 127.5) / 128;
      }
      return new Images(count, channels, side, values);
    }

    byte[] bytes() {
      byte[] bytes = new byte[values.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (values[i] * 128 + 127.5);
      }
      return bytes;
    }

    Value drawn(GraphBuilder graph, String name) {
      String floats =
          graph.add(
              "Cast",
              List.of(graph.bytesInput(name, channels, side, side)),
              Attribute.one("to", 1));
      String centred =
          graph.add("Sub", List.of(floats, graph.constant("middle", new float[] {127.5f})));
      String scaled = graph.add("Div", List.of(centred, graph.constant("half", new float[] {128})));
      return new Value(scaled, channels, side);
    }

    Images convolved(Convolution weights, int padding) {
      int kernel = weights.kernel();
      int to = side + 2 * padding - kernel + 1;
      double[] convolved = new double[count * weights.outputs() * to * to];
      int next = 0;
      for (int n = 0; n < count; n++) {
        for (int o = 0; o < weights.outputs(); o++) {
          for (int y = 0; y < to; y++) {
            for (int x = 0; x < to; x++) {
              convolved[next++] =
                  weights.bias()[o] + window(n, y - padding, x - padding, weights, o);
            }
          }
        }
      }
      return new Images(count, weights.outputs(), to, convolved);
    }

    private double window(int n, int top, int left, Convolution weights, int o) {
      int kernel = weights.kernel();
      double sum = 0;
      for (int c = 0; c < channels; c++) {
        for (int i = Math.max(0, -top); i < kernel && top + i < side; i++) {
          for (int j = Math.max(0, -left); j < kernel && left + j < side; j++) {
            sum +=
                values[((n * channels + c) * side + top + i) * side + left + j]
                    * weights.weight()[((o * channels + c) * kernel + i) * kernel + j];
          }
        }
      }
      return sum;
    }

    Images then(Then then) {
      return switch (then) {
        case RELU -> rectified();
        case RELU_AND_POOL -> rectified().pooled();
      };
    }

    private Images rectified() {
      return new Images(
          count, channels, side, Arrays.stream(values).map(v -> Math.max(v, 0)).toArray());
    }

    private Images pooled() {
      int to = side / 2;
      double[] pooled = new double[count * channels * to * to];
      for (int i = 0; i < pooled.length; i++) {
        int corner = (i / (to * to) * side + i / to % to * 2) * side + i % to * 2;
        pooled[i] =
            (values[corner]
                    + values[corner + 1]
                    + values[corner + side]
                    + values[corner + side + 1])
                / 4;
      }
      return new Images(count, channels, to, pooled);
    }

    Images meanSquaredDifference(Images other) {
      double[] means = new double[count * side * side];
      for (int i = 0; i < values.length; i++) {
        double difference = values[i] - other.values[i];
        int image = i / (channels * side * side);
        means[image * side * side + i % (side * side)] += difference * difference / channels;
      }
      return new Images(count, 1, side, means);
    }
  }
}
