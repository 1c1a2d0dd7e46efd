package dev.puad.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import dev.puad.model.network.NarrowNetworks;
import dev.puad.model.weights.StateDict;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

class OnnxWeightsTest {

  private static final byte[] MODEL = NarrowFolded.model();

  private static final String DAMAGED =
      "Cannot use puad.onnx: it is no whole ONNX model. Restore it or train again.";

  @Test
  void whatWasWrittenIsReadAgainBitForBit() {
    float[] values = {1.5f, -0f, Float.MIN_VALUE, Float.MAX_VALUE, 1 / 3f, -7};
    GraphBuilder graph = new GraphBuilder();
    graph.constant("values", values, 3, 2);
    StateDict read = OnnxWeights.read(graph.model(Map.of()), "puad.onnx");
    assertThat(read.shape("values")).containsExactly(3, 2);
    assertThat(read.tensor("values").floats()).isEqualTo(values);
  }

  @Test
  void onlyFloatsAreWeights() {
    GraphBuilder graph = new GraphBuilder();
    graph.constant("values", new float[] {1}, 1);
    graph.list(1, 2, 3);
    assertThat(OnnxWeights.read(graph.model(Map.of()), "puad.onnx").names())
        .containsExactly("values");
  }

  @ParameterizedTest
  @ValueSource(longs = {12, 14, -1})
  void anotherOperatorSetIsRefused(long version) throws InvalidProtocolBufferException {
    assertRefused(
        operators(operatorSet("", version)),
        "Cannot use puad.onnx: it is written in operator set %d, not in ONNX's 13."
                .formatted(version)
            + " Restore it or train again.");
  }

  @Test
  void operatorsOfAnotherDomainAreRefused() throws InvalidProtocolBufferException {
    assertRefused(
        operators(operatorSet("", 13), operatorSet("com.microsoft", 1)),
        "Cannot use puad.onnx: it is written in operator set com.microsoft 1, not in ONNX's 13."
            + " Restore it or train again.");
  }

  /** What a bit flip makes of a domain must not break the line or the terminal. */
  @Test
  void aDomainThatCannotBePrintedIsNotPrinted() throws InvalidProtocolBufferException {
    assertRefused(
        operators(operatorSet("a\n\u001b[2Jb", 13)),
        "Cannot use puad.onnx: it is written in operator set a??[2Jb 13, not in ONNX's 13."
            + " Restore it or train again.");
  }

  @Test
  void aFileIsNamedAsItIs() throws InvalidProtocolBufferException {
    byte[] model = operators(operatorSet("", 12));
    assertThatThrownBy(() -> OnnxWeights.read(model, "my  models/puad.onnx"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot use my  models/puad.onnx: it is written in operator set 12, not in ONNX's 13."
                + " Restore it or train again.");
  }

  @Test
  void anOperatorSetThatIsStatedTwiceIsRefused() throws InvalidProtocolBufferException {
    assertRefused(operators(operatorSet("", 13), operatorSet("", 13)), DAMAGED);
  }

  @Test
  void aModelWithoutOperatorSetIsRefused() throws InvalidProtocolBufferException {
    assertRefused(operators(), DAMAGED);
  }

  @Test
  void anEmptyFileIsRefused() {
    assertRefused(new byte[0], DAMAGED);
  }

  @Test
  void aFileOfAnotherKindIsRefused() {
    assertRefused("Not a model, but a text.".getBytes(StandardCharsets.UTF_8), DAMAGED);
  }

  @Test
  void aTruncatedFileIsRefused() {
    assertRefused(Arrays.copyOf(MODEL, MODEL.length / 2), DAMAGED);
  }

  /** Its values are not there to be read. */
  @Test
  void aConstantInAnotherFileIsRefused() throws InvalidProtocolBufferException {
    TensorProto.Builder constant =
        constant().setDataLocation(TensorProto.DataLocation.EXTERNAL).clearRawData();
    constant.addExternalData(
        StringStringEntryProto.newBuilder().setKey("location").setValue("/etc/passwd"));
    assertRefused(with(constant), DAMAGED);
  }

  @ParameterizedTest
  @CsvSource({
    "4, 2",
    "5, 5",
    "-4, -4",
    "4, -1",
    "4294967296, 4294967296",
    "9223372036854775807, 3"
  })
  void aConstantWhoseShapeDoesNotFitItsValuesIsRefused(long outputs, long inputs)
      throws InvalidProtocolBufferException {
    assertRefused(
        with(constant().clearDims().addAllDims(List.of(outputs, inputs, 3L, 3L))), DAMAGED);
  }

  @Test
  void aConstantOfHalfAValueIsRefused() throws InvalidProtocolBufferException {
    TensorProto.Builder constant = constant();
    ByteString raw = constant.getRawData();
    assertRefused(with(constant.setRawData(raw.substring(0, raw.size() - 2))), DAMAGED);
  }

  @Test
  void aModelOfFlippedBitsIsReadOrRefused() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 300; i++) {
      byte[] flipped = MODEL.clone();
      int bit = random.nextInt(8 * flipped.length);
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertReadOrRefused(flipped, "bit " + bit);
    }
  }

  /** All of them: there is little in this model but what is around its one value. */
  @Test
  void aModelOfFlippedBitsAroundItsValuesIsReadOrRefused() {
    GraphBuilder graph = new GraphBuilder();
    graph.constant("values", new float[] {1}, 1);
    byte[] model = graph.model(Map.of("category", "toys"));
    for (int bit = 0; bit < 8 * model.length; bit++) {
      byte[] flipped = model.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertReadOrRefused(flipped, "bit " + bit);
    }
  }

  @Test
  void aModelThatEndsEarlyIsReadOrRefused() {
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 50; i++) {
      int length = random.nextInt(MODEL.length);
      assertReadOrRefused(Arrays.copyOf(MODEL, length), "length " + length);
    }
  }

  private static void assertReadOrRefused(byte[] model, String what) {
    try {
      FoldedNetworks.of(NarrowNetworks.ARCHITECTURE, OnnxWeights.read(model, "puad.onnx"));
    } catch (BadInputException e) {
      assertThat(e.getMessage()).as(what).startsWith("Cannot use puad.onnx: ").doesNotContain("\n");
    }
  }

  private static OperatorSetIdProto operatorSet(String domain, long version) {
    return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }

  private static byte[] operators(OperatorSetIdProto... sets)
      throws InvalidProtocolBufferException {
    return ModelProto.parseFrom(MODEL).toBuilder()
        .clearOpsetImport()
        .addAllOpsetImport(List.of(sets))
        .build()
        .toByteArray();
  }

  private static TensorProto.Builder constant() throws InvalidProtocolBufferException {
    return ModelProto.parseFrom(MODEL).getGraph().getInitializerList().stream()
        .filter(constant -> constant.getName().equals("teacher.conv3.weight"))
        .findFirst()
        .orElseThrow()
        .toBuilder();
  }

  /** The model with one more constant. */
  private static byte[] with(TensorProto.Builder constant) throws InvalidProtocolBufferException {
    ModelProto.Builder model = ModelProto.parseFrom(MODEL).toBuilder();
    model.getGraphBuilder().addInitializer(constant);
    return model.build().toByteArray();
  }

  private static void assertRefused(byte[] model, String message) {
    assertThatThrownBy(() -> OnnxWeights.read(model, "puad.onnx"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(message);
  }
}
