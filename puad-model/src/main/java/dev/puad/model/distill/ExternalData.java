package dev.puad.model.distill;

import java.util.Optional;
import java.util.stream.Stream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataLocation;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/**
 * Values of an ONNX model that lie in files beside it. A model travels to executors as one piece,
 * and no file there is to be opened because a model names it.
 */
final class ExternalData {

  private static final String LOCATION = "location";

  private ExternalData() {}

  /** The first such file that a model names; empty if there is none, or it is no model. */
  static Optional<String> firstOf(byte[] onnx) {
    try {
      return tensors(ModelProto.parseFrom(onnx).getGraph())
          .filter(tensor -> tensor.getDataLocation() == DataLocation.EXTERNAL)
          .map(ExternalData::location)
          .findFirst();
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  private static Stream<TensorProto> tensors(GraphProto graph) {
    return Stream.concat(
        graph.getInitializerList().stream(),
        graph.getNodeList().stream()
            .map(NodeProto::getAttributeList)
            .flatMap(attributes -> attributes.stream().flatMap(ExternalData::tensors)));
  }

  private static Stream<TensorProto> tensors(AttributeProto attribute) {
    return Stream.of(
            Stream.of(attribute.getT()),
            attribute.getTensorsList().stream(),
            tensors(attribute.getG()),
            attribute.getGraphsList().stream().flatMap(ExternalData::tensors))
        .flatMap(stream -> stream);
  }

  private static String location(TensorProto tensor) {
    return tensor.getExternalDataList().stream()
        .filter(entry -> entry.getKey().equals(LOCATION))
        .map(entry -> entry.getValue())
        .findFirst()
        .orElse("another file");
  }
}
