package dev.puad.model.distill;

import java.util.SplittableRandom;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;

/** A small network as an ONNX model, made in code; its weights are the same each time. */
final class OnnxModel {

  private static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
  private static final int RGB = 3;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("backbone");

  /**
   * An input.
   *
   * @param axes a number for each that is fixed, a name for each that is free
   */
  OnnxModel input(String name, Object... axes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object axis : axes) {
      TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(
          axis instanceof Integer fixed
              ? dimension.setDimValue(fixed)
              : dimension.setDimParam(axis.toString()));
    }
    graph.addInput(
        ValueInfoProto.newBuilder()
            .setName(name)
            .setType(
                TypeProto.newBuilder()
                    .setTensorType(
                        TypeProto.Tensor.newBuilder().setElemType(FLOAT).setShape(shape))));
    return this;
  }

  /** An output: a ReLU of a convolution of an image, with {@link #filters}. */
  OnnxModel features(String name, String image, int channels, int kernel) {
    TensorProto.Builder filters =
        TensorProto.newBuilder()
            .setName(name + ".filters")
            .setDataType(FLOAT)
            .addDims(channels)
            .addDims(RGB)
            .addDims(kernel)
            .addDims(kernel);
    for (float value : filters(channels, kernel)) {
      filters.addFloatData(value);
    }
    graph.addInitializer(filters);
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Conv")
            .addInput(image)
            .addInput(name + ".filters")
            .addOutput(name + ".raw")
            .addAttribute(integers("kernel_shape", kernel))
            .addAttribute(integers("strides", kernel)));
    return node("Relu", name, name + ".raw").output(name);
  }

  /** Values of no use that lie in a file beside the model. */
  OnnxModel externalValues(String file) {
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName("elsewhere")
            .setDataType(FLOAT)
            .addDims(1)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(
                StringStringEntryProto.newBuilder().setKey("location").setValue(file)));
    return this;
  }

  /** An operator without attributes. */
  OnnxModel node(String operator, String result, String... inputs) {
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(operator).addOutput(result);
    for (String input : inputs) {
      node.addInput(input);
    }
    graph.addNode(node);
    return this;
  }

  /** An output of any shape. */
  OnnxModel output(String name) {
    graph.addOutput(
        ValueInfoProto.newBuilder()
            .setName(name)
            .setType(
                TypeProto.newBuilder()
                    .setTensorType(TypeProto.Tensor.newBuilder().setElemType(FLOAT))));
    return this;
  }

  byte[] bytes() {
    return ModelProto.newBuilder()
        .setIrVersion(7)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  /** The weights of a convolution, [channels, 3, kernel, kernel], which keeps the variance. */
  static float[] filters(int channels, int kernel) {
    SplittableRandom random = new SplittableRandom(31L * channels + kernel);
    int fanIn = RGB * kernel * kernel;
    float[] values = new float[channels * fanIn];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() / Math.sqrt(fanIn));
    }
    return values;
  }

  private static AttributeProto integers(String name, int side) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addInts(side)
        .addInts(side)
        .build();
  }
}
