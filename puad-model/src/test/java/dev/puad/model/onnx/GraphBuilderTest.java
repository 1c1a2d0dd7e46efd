package dev.puad.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import dev.puad.model.image.BilinearMap;
import dev.puad.model.onnx.GraphBuilder.Attribute;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import onnx.Onnx.ModelProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

class GraphBuilderTest {

  private final GraphBuilder graph = new GraphBuilder();

  @Test
  void theSameCallsGiveTheSameBytes() {
    assertThat(doubled().model(Map.of("category", "toys")))
        .isEqualTo(doubled().model(Map.of("category", "toys")));
  }

  @Test
  void aConstantIsWrittenOnce() throws InvalidProtocolBufferException {
    graph.constant("two", new float[] {2});
    graph.constant("two", new float[] {2});
    assertThat(parsed().getGraph().getInitializerList())
        .extracting(TensorProto::getName)
        .containsExactly("two");
  }

  @Test
  void aConstantOfOtherValuesButTheSameNameIsRefused() {
    graph.constant("two", new float[] {2});
    assertThatThrownBy(() -> graph.constant("two", new float[] {3}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("There are two constants named two, of dimensions [] and [], which differ.");
  }

  @Test
  void aConstantOfAnotherShapeButTheSameNameIsRefused() {
    graph.constant("twos", new float[] {2, 2}, 2);
    assertThatThrownBy(() -> graph.constant("twos", new float[] {2, 2}, 1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("named twos");
  }

  @Test
  void aConstantOfAnotherTypeButTheSameNameIsRefused() {
    graph.constant("zero", new float[] {0, 0});
    assertThatThrownBy(() -> graph.constant("zero", new double[] {0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("named zero");
  }

  @Test
  void aListIsWrittenOnce() throws InvalidProtocolBufferException {
    assertThat(graph.list(1, -1, 3)).isEqualTo(graph.list(1, -1, 3));
    graph.list(1, -1);
    assertThat(parsed().getGraph().getInitializerList())
        .extracting(TensorProto::getDimsList)
        .containsExactly(List.of(3L), List.of(2L));
  }

  @Test
  void theOperatorSetIsThirteenOfTheFileFormatThatCameWithIt()
      throws InvalidProtocolBufferException {
    ModelProto model = parsed();
    assertThat(model.getIrVersion()).isEqualTo(7);
    assertThat(model.getOpsetImportList()).hasSize(1);
    assertThat(model.getOpsetImport(0).getDomain()).isEmpty();
    assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(13);
  }

  @Test
  void theModelSaysOfItselfWhatItIsTold() throws InvalidProtocolBufferException {
    Map<String, String> metadata = Map.of("category", "toys", "threshold", "1.25");
    Map<String, String> said = new TreeMap<>();
    for (StringStringEntryProto entry :
        ModelProto.parseFrom(graph.model(metadata)).getMetadataPropsList()) {
      said.put(entry.getKey(), entry.getValue());
    }
    assertThat(said).isEqualTo(metadata);
  }

  @Test
  void constantsAreSeenAsTheyWereGiven() throws OrtException {
    byte[] model = doubled().model(Map.of());
    byte[] bytes = {1, 2, (byte) 255, 0, 7, 8};
    assertThat(new OnnxRun().bytes("x", bytes, 3, 2).of(model).get("y"))
        .containsExactly(2, -6, 510, -0f, 14, -24);
  }

  @Test
  void oneSideOfAReshapedValueIsWhatIsLeft() throws InvalidProtocolBufferException, OrtException {
    String floats = graph.add("Cast", List.of(graph.bytesInput("x", 4)), Attribute.one("to", 1));
    graph.output("y", graph.reshape(floats, 2, -1), 2);
    byte[] bytes = {1, 2, 3, 4, 5, 6, 7, 8};
    assertThat(new OnnxRun().bytes("x", bytes, 2, 4).of(graph.model(Map.of())).get("y"))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
  }

  @ParameterizedTest
  @CsvSource({"7, 7, 16, 16", "16, 16, 31, 31", "12, 9, 5, 20", "1, 1, 4, 4", "8, 8, 8, 8"})
  void imagesAreResizedAsByPyTorch(int height, int width, int toHeight, int toWidth)
      throws OrtException {
    int images = 2;
    int channels = 3;
    String floats =
        graph.add(
            "Cast",
            List.of(graph.bytesInput("x", channels, height, width)),
            Attribute.one("to", 1));
    graph.output(
        "y",
        graph.resize(floats, graph.list(channels, toHeight, toWidth)),
        channels,
        toHeight,
        toWidth);
    byte[] bytes = new byte[images * channels * height * width];
    new SplittableRandom(3).nextBytes(bytes);
    float[] resized =
        new OnnxRun()
            .bytes("x", bytes, images, channels, height, width)
            .of(graph.model(Map.of()))
            .get("y");
    assertThat(resized).hasSize(images * channels * toHeight * toWidth);
    for (int map = 0; map < images * channels; map++) {
      float[] values = new float[height * width];
      for (int i = 0; i < values.length; i++) {
        values[i] = Byte.toUnsignedInt(bytes[map * values.length + i]);
      }
      int length = toHeight * toWidth;
      assertThat(Arrays.copyOfRange(resized, map * length, (map + 1) * length))
          .containsExactly(
              BilinearMap.resize(values, height, width, toHeight, toWidth), within(255 * 1e-6f));
    }
  }

  /** Twice the former of two bytes, minus thrice the latter. */
  private static GraphBuilder doubled() {
    GraphBuilder graph = new GraphBuilder();
    String floats = graph.add("Cast", List.of(graph.bytesInput("x", 2)), Attribute.one("to", 1));
    String factors = graph.constant("factors", new float[] {2, -3}, 1, 2);
    graph.output("y", graph.add("Mul", List.of(floats, factors)), 2);
    return graph;
  }

  private ModelProto parsed() throws InvalidProtocolBufferException {
    return ModelProto.parseFrom(graph.model(Map.of()));
  }
}
