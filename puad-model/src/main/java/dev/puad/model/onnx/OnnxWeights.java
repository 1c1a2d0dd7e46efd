package dev.puad.model.onnx;

import dev.puad.model.BadInputException;
import dev.puad.model.weights.Printable;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/** Reads the constants of a model that {@link GraphBuilder} wrote. */
public final class OnnxWeights {

  private static final int FLOAT = TensorProto.DataType.FLOAT.getNumber();

  private OnnxWeights() {}

  /**
   * The constants of floats, by name.
   *
   * @param source where the model comes from, for messages
   * @throws BadInputException if it is no such model, or of another operator set
   */
  public static StateDict read(byte[] model, String source) {
    ModelProto read = parsed(model, source);
    requireOperators(read, source);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (TensorProto constant : read.getGraph().getInitializerList()) {
      if (constant.getDataType() == FLOAT) {
        tensors.put(constant.getName(), tensor(constant, source));
      }
    }
    return new StateDict(source, tensors);
  }

  private static ModelProto parsed(byte[] model, String source) {
    try {
      return ModelProto.parseFrom(model);
    } catch (InvalidProtocolBufferException e) {
      throw damaged(source, e);
    }
  }

  private static void requireOperators(ModelProto model, String source) {
    for (OperatorSetIdProto operators : model.getOpsetImportList()) {
      if (!operators.getDomain().isEmpty() || operators.getVersion() != GraphBuilder.OPSET) {
        throw new BadInputException(
            ("Cannot use %s: it is written in operator set %s, not in ONNX's %d."
                    + " Restore it or train again.")
                .formatted(
                    source,
                    Printable.of(operators.getDomain() + " " + operators.getVersion()),
                    GraphBuilder.OPSET));
      }
    }
    if (model.getOpsetImportCount() != 1) {
      throw damaged(source, null);
    }
  }

  private static Tensor tensor(TensorProto constant, String source) {
    try {
      int[] shape = constant.getDimsList().stream().mapToInt(Math::toIntExact).toArray();
      return new Tensor(Tensor.Type.FLOAT32, shape, constant.getRawData().toByteArray());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw damaged(source, e);
    }
  }

  private static BadInputException damaged(String source, Throwable cause) {
    return new BadInputException(
        "Cannot use %s: it is no whole ONNX model. Restore it or train again.".formatted(source),
        cause);
  }
}
