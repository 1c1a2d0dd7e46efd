package dev.puad.jobs;

import java.util.SplittableRandom;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;

/**
 * A backbone that every test has, as an ONNX model: two convolutions of the image, each with a
 * ReLU, and the same random filters each time.
 */
public final class SmallBackbone {

  /** The output with a cell for 8 × 8 pixels. */
  public static final String FINE = "fine";

  public static final int FINE_CHANNELS = 80;

  /** The output with a cell for 16 × 16 pixels. */
  public static final String COARSE = "coarse";

  public static final int COARSE_CHANNELS = 48;

  private static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
  private static final String IMAGE = "image";
  private static final int RGB = 3;

  private SmallBackbone() {}

  /** The model's file. */
  public static byte[] onnx() {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("backbone");
    graph.addInput(
        ValueInfoProto.newBuilder()
            .setName(IMAGE)
            .setType(
                TypeProto.newBuilder()
                    .setTensorType(
                        TypeProto.Tensor.newBuilder()
                            .setElemType(FLOAT)
                            .setShape(
                                TensorShapeProto.newBuilder()
                                    .addDim(free("n"))
                                    .addDim(
                                        TensorShapeProto.Dimension.newBuilder().setDimValue(RGB))
                                    .addDim(free("h"))
                                    .addDim(free("w"))))));
    addFeatures(graph, FINE, FINE_CHANNELS, 8);
    addFeatures(graph, COARSE, COARSE_CHANNELS, 16);
    return ModelProto.newBuilder()
        .setIrVersion(7)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static void addFeatures(GraphProto.Builder graph, String name, int channels, int kernel) {
    TensorProto.Builder filters =
        TensorProto.newBuilder()
            .setName(name + ".filters")
            .setDataType(FLOAT)
            .addDims(channels)
            .addDims(RGB)
            .addDims(kernel)
            .addDims(kernel);
    int fanIn = RGB * kernel * kernel;
    SplittableRandom random = new SplittableRandom(channels);
    for (int i = 0; i < channels * fanIn; i++) {
      filters.addFloatData((float) (random.nextGaussian() / Math.sqrt(fanIn)));
    }
    graph
        .addInitializer(filters)
        .addNode(
            NodeProto.newBuilder()
                .setOpType("Conv")
                .addInput(IMAGE)
                .addInput(name + ".filters")
                .addOutput(name + ".raw")
                .addAttribute(square("kernel_shape", kernel))
                .addAttribute(square("strides", kernel)))
        .addNode(NodeProto.newBuilder().setOpType("Relu").addInput(name + ".raw").addOutput(name))
        .addOutput(
            ValueInfoProto.newBuilder()
                .setName(name)
                .setType(
                    TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(FLOAT))));
  }

  private static TensorShapeProto.Dimension.Builder free(String name) {
    return TensorShapeProto.Dimension.newBuilder().setDimParam(name);
  }

  private static AttributeProto.Builder square(String name, int side) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addInts(side)
        .addInts(side);
  }
}
