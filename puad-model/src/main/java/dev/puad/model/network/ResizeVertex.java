package dev.puad.model.network;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Resizes a square feature map bilinearly, as PyTorch's {@code interpolate(align_corners=False)}:
 * [N, C, from, from] to [N, C, to, to].
 *
 * <p>Each axis is a product with one small matrix, so the backward pass is a product with its
 * transpose.
 */
public final class ResizeVertex extends GraphVertex {

  private static final long serialVersionUID = 1L;

  // DL4J writes configurations through getters and setters; without them both read back as 0.
  private int from;
  private int to;

  /** For deserialization from JSON. */
  public ResizeVertex() {}

  ResizeVertex(int from, int to) {
    this.from = from;
    this.to = to;
  }

  public int getFrom() {
    return from;
  }

  public void setFrom(int from) {
    this.from = from;
  }

  public int getTo() {
    return to;
  }

  public void setTo(int to) {
    this.to = to;
  }

  @Override
  public ResizeVertex clone() {
    return new ResizeVertex(from, to);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ResizeVertex resize && resize.from == from && resize.to == to;
  }

  @Override
  public int hashCode() {
    return 31 * from + to;
  }

  @Override
  public long numParams(boolean backprop) {
    return 0;
  }

  @Override
  public int minVertexInputs() {
    return 1;
  }

  @Override
  public int maxVertexInputs() {
    return 1;
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray paramsView,
      boolean initializeParams,
      DataType dataType) {
    return new Vertex(graph, name, index, dataType, from, to);
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType... inputs) {
    InputType.InputTypeConvolutional input = (InputType.InputTypeConvolutional) inputs[0];
    return InputType.convolutional(to, to, input.getChannels());
  }

  @Override
  public MemoryReport getMemoryReport(InputType... inputs) {
    return new LayerMemoryReport.Builder(
            null, ResizeVertex.class, inputs[0], getOutputType(-1, inputs))
        .standardMemory(0, 0)
        .workingMemory(0, 0, 0, 0)
        .cacheMemory(0, 0)
        .build();
  }

  @SuppressWarnings("overrides") // DL4J declares setInputs once with an array, once with varargs
  private static final class Vertex extends BaseGraphVertex {

    private static final long serialVersionUID = 1L;

    /** [to, from]: row o holds the weights of output o. */
    private final INDArray weights;

    Vertex(ComputationGraph graph, String name, int index, DataType dataType, int from, int to) {
      super(graph, name, index, null, null, dataType);
      this.weights = weights(from, to, dataType);
    }

    @Override
    public boolean hasLayer() {
      return false;
    }

    @Override
    public Layer getLayer() {
      return null;
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaceMgr) {
      return workspaceMgr.leverageTo(ArrayType.ACTIVATIONS, alongBothAxes(inputs[0], weights));
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaceMgr) {
      INDArray gradient = alongBothAxes(epsilon, weights.transpose());
      return new Pair<>(
          null, new INDArray[] {workspaceMgr.leverageTo(ArrayType.ACTIVATION_GRAD, gradient)});
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray view) {
      if (view != null) {
        throw new IllegalStateException("A bilinear resize has no parameters.");
      }
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArrays(
        INDArray[] masks, MaskState state, int minibatch) {
      return null;
    }

    @Override
    public String toString() {
      return "ResizeVertex(" + getVertexName() + ")";
    }

    /**
     * W · x · Wᵀ for each of the N·C maps of x.
     *
     * <p>A product in Fortran order is its transpose in C order, so one product's columns are the
     * next one's rows, and only the result has to be put in order.
     */
    private static INDArray alongBothAxes(INDArray x, INDArray weights) {
      long maps = x.size(0) * x.size(1);
      long size = x.size(2);
      long out = weights.size(0);
      INDArray rows = x.ordering() == 'c' && !x.isView() ? x : x.dup('c');
      INDArray alongRows = product(rows.reshape('c', maps * size, size), weights);
      INDArray columns = alongRows.transpose().reshape('c', out * maps, size);
      INDArray alongColumns = product(columns, weights);
      return alongColumns
          .transpose()
          .reshape('c', out, out, maps)
          .permute(2, 0, 1)
          .dup('c')
          .reshape('c', x.size(0), x.size(1), out, out);
    }

    /** x · Wᵀ in Fortran order. */
    private static INDArray product(INDArray x, INDArray weights) {
      INDArray result =
          Nd4j.createUninitialized(x.dataType(), new long[] {x.rows(), weights.rows()}, 'f');
      return x.mmuli(weights.transpose(), result);
    }

    private static INDArray weights(int from, int to, DataType dataType) {
      double[] weights = new double[to * from];
      for (int o = 0; o < to; o++) {
        double source = Math.max(0, (o + 0.5) * from / to - 0.5);
        int low = (int) source;
        int high = Math.min(low + 1, from - 1);
        weights[o * from + low] += 1 - (source - low);
        weights[o * from + high] += source - low;
      }
      return Nd4j.create(weights, new long[] {to, from}, dataType);
    }
  }
}
