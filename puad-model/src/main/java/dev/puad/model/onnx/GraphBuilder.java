package dev.puad.model.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.UnsafeByteOperations;

/**
 * An ONNX graph in the making. Nodes are written in the order in which they are added, so every
 * value is there before it is used, and the same calls give the same bytes.
 */
public final class GraphBuilder {

  /** The version of ONNX's operators: an old one, so that most runtimes know it. */
  public static final int OPSET = 13;

  /** The version of the file format that came with that operator set. */
  private static final int IR_VERSION = 7;

  /** What the first axis of an input or output is called: any number of images. */
  private static final String BATCH = "N";

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("puad");
  private final Map<String, TensorProto> constants = new HashMap<>();
  private int values;

  /** A named property of a node. */
  public static final class Attribute {

    private final AttributeProto proto;

    private Attribute(AttributeProto proto) {
      this.proto = proto;
    }

    /** A list of whole numbers. */
    public static Attribute of(String name, long... values) {
      return new Attribute(
          named(name, AttributeProto.AttributeType.INTS)
              .addAllInts(Arrays.stream(values).boxed().toList())
              .build());
    }

    /** One whole number. */
    public static Attribute one(String name, long value) {
      return new Attribute(named(name, AttributeProto.AttributeType.INT).setI(value).build());
    }

    /** A text. */
    public static Attribute of(String name, String value) {
      return new Attribute(
          named(name, AttributeProto.AttributeType.STRING)
              .setS(ByteString.copyFromUtf8(value))
              .build());
    }

    private static AttributeProto.Builder named(String name, AttributeProto.AttributeType type) {
      return AttributeProto.newBuilder().setName(name).setType(type);
    }
  }

  /** Declares an input of bytes: [N, dimensions …]. */
  public String bytesInput(String name, long... dimensions) {
    graph.addInput(declared(name, TensorProto.DataType.UINT8, dimensions));
    return name;
  }

  /** Declares an input that is a list of so many whole numbers. */
  public String listInput(String name, long length) {
    TypeProto.Tensor.Builder type =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.INT64.getNumber())
            .setShape(
                TensorShapeProto.newBuilder()
                    .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(length)));
    graph.addInput(
        ValueInfoProto.newBuilder()
            .setName(name)
            .setType(TypeProto.newBuilder().setTensorType(type)));
    return name;
  }

  /** Declares a value as an output of floats under a name of its own: [N, dimensions …]. */
  public void output(String name, String value, long... dimensions) {
    output(name, value, TensorProto.DataType.FLOAT, dimensions);
  }

  /** The same of a value of doubles. */
  public void outputDoubles(String name, String value, long... dimensions) {
    output(name, value, TensorProto.DataType.DOUBLE, dimensions);
  }

  private void output(String name, String value, TensorProto.DataType type, long... dimensions) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Identity")
            .setName("Identity_" + name)
            .addInput(value)
            .addOutput(name));
    graph.addOutput(declared(name, type, dimensions));
  }

  /**
   * A constant of floats in C order; the same one is written once.
   *
   * @throws IllegalArgumentException if another of that name has other values or dimensions
   */
  public String constant(String name, float[] values, long... dimensions) {
    ByteBuffer raw =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return constant(name, TensorProto.DataType.FLOAT, raw, dimensions);
  }

  /**
   * A constant of doubles in C order; the same one is written once.
   *
   * @throws IllegalArgumentException if another of that name has other values or dimensions
   */
  public String constant(String name, double[] values, long... dimensions) {
    ByteBuffer raw =
        ByteBuffer.allocate(Double.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asDoubleBuffer().put(values);
    return constant(name, TensorProto.DataType.DOUBLE, raw, dimensions);
  }

  /** The same values as floats. */
  public String toFloats(String value) {
    return add("Cast", List.of(value), Attribute.one("to", TensorProto.DataType.FLOAT.getNumber()));
  }

  /** The same values as doubles. */
  public String toDoubles(String value) {
    return add(
        "Cast", List.of(value), Attribute.one("to", TensorProto.DataType.DOUBLE.getNumber()));
  }

  /** A constant list of whole numbers; the same list is written once. */
  public String list(long... values) {
    String name =
        Arrays.stream(values)
            .mapToObj(Long::toString)
            .collect(Collectors.joining("x", "list.", ""));
    ByteBuffer raw = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    return constant(name, TensorProto.DataType.INT64, raw, values.length);
  }

  /** Adds a node of one output, and returns that output's name. */
  public String add(String type, List<String> inputs, Attribute... attributes) {
    String value = "v" + ++values;
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(type)
            .setName(type + "_" + value)
            .addAllInput(inputs)
            .addOutput(value);
    for (Attribute attribute : attributes) {
      node.addAttribute(attribute.proto);
    }
    graph.addNode(node);
    return value;
  }

  /** The same values in another shape, of which one side may be -1: what is left. */
  public String reshape(String value, long... shape) {
    return add("Reshape", List.of(value, list(shape)));
  }

  /**
   * Images [N, channels, h, w] resized bilinearly, as PyTorch does with {@code align_corners=False}
   * and without antialiasing.
   *
   * @param sizes the name of a list of channels, height and width
   */
  public String resize(String images, String sizes) {
    String shape = add("Shape", List.of(images));
    String count = add("Slice", List.of(shape, list(0), list(1)));
    return add(
        "Resize",
        List.of(images, "", "", add("Concat", List.of(count, sizes), Attribute.one("axis", 0))),
        Attribute.of("mode", "linear"),
        Attribute.of("coordinate_transformation_mode", "half_pixel"));
  }

  /** The model, which says of itself what {@code metadata} holds. */
  public byte[] model(Map<String, String> metadata) {
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("puad")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
            .setGraph(graph);
    metadata.forEach(
        (key, value) ->
            model.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return model.build().toByteArray();
  }

  private String constant(
      String name, TensorProto.DataType type, ByteBuffer raw, long... dimensions) {
    TensorProto constant =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type.getNumber())
            .addAllDims(Arrays.stream(dimensions).boxed().toList())
            .setRawData(UnsafeByteOperations.unsafeWrap(raw.rewind()))
            .build();
    TensorProto before = constants.putIfAbsent(name, constant);
    if (before == null) {
      graph.addInitializer(constant);
    } else if (!before.equals(constant)) {
      throw new IllegalArgumentException(
          "There are two constants named %s, of dimensions %s and %s, which differ."
              .formatted(name, before.getDimsList(), constant.getDimsList()));
    }
    return name;
  }

  private static ValueInfoProto declared(
      String name, TensorProto.DataType type, long... dimensions) {
    TensorShapeProto.Builder shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(BATCH));
    for (long dimension : dimensions) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dimension));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }
}
