package dev.puad.model.network;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.util.Collection;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinearDerivative;
import org.nd4j.linalg.convolution.Convolution;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The first block of a PDN: an unpadded convolution of the image, a ReLU and a 2×2 average pooling
 * of stride 2, [N, 3, S, S] to [N, C, s, s].
 *
 * <p>Between them lies the widest activation of all, 98 MB in a training step, for a hundredth of
 * the work: what counts is memory. So the block goes band by band over the image, in products of
 * matrices that stay in the cache; the backward pass repeats the band rather than keep it, and
 * computes no gradient of the image, which nobody asks for.
 */
public final class ImageStem extends ConvolutionLayer {

  private static final long serialVersionUID = 1L;

  /** For deserialization from JSON. */
  public ImageStem() {}

  private ImageStem(Builder builder) {
    super(builder);
    initializeConstraints(builder);
  }

  /** A stem of the given square kernel and output channels. */
  static ImageStem of(int kernel, int channels) {
    return new Builder(kernel).nIn(3).nOut(channels).activation(new ActivationReLU()).build();
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray paramsView,
      boolean initializeParams,
      DataType dataType) {
    Stem layer = new Stem(conf, dataType);
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(paramsView);
    layer.setParamTable(initializer().init(conf, paramsView, initializeParams));
    layer.setConf(conf);
    return layer;
  }

  @SuppressWarnings("unchecked") // DL4J declares <E extends Layer> E build()
  private static final class Builder extends BaseConvBuilder<Builder> {

    Builder(int kernel) {
      super(new int[] {kernel, kernel});
    }

    @Override
    protected boolean allowCausal() {
      return false;
    }

    @Override
    public ImageStem build() {
      return new ImageStem(this);
    }
  }

  /** The layer itself. */
  private static final class Stem
      extends org.deeplearning4j.nn.layers.convolution.ConvolutionLayer {

    private static final long serialVersionUID = 1L;

    Stem(NeuralNetConfiguration conf, DataType dataType) {
      super(conf, dataType);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
      assertInputSet(false);
      INDArray filters = getParam("W");
      long side = (input.size(2) - filters.size(2) + 1) / 2;
      INDArray output =
          workspaceMgr.createUninitialized(
              ArrayType.ACTIVATIONS,
              dataType,
              new long[] {input.size(0), filters.size(0), side, side},
              'c');
      try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
          Bands bands = new Bands(input, filters, getParam("b"))) {
        bands.forEach(band -> band.pool(output));
      }
      return output;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
      assertInputSet(true);
      INDArray ofFilters = gradientViews.get("W");
      INDArray ofBias = gradientViews.get("b");
      try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
          Bands bands = new Bands(input, getParam("W"), getParam("b"));
          INDArray sum = bands.filters().like()) {
        bands.forEach(band -> band.backpropagate(epsilon, sum));
        int fanIn = sum.columns() - 1;
        ofFilters.assign(sum.get(all(), interval(0, fanIn)).reshape(ofFilters.shape()));
        ofBias.assign(sum.getColumn(fanIn).reshape(ofBias.shape()));
      }
      Gradient gradient = new DefaultGradient();
      gradient.gradientForVariable().put("W", ofFilters);
      gradient.gradientForVariable().put("b", ofBias);
      return new Pair<>(
          gradient, workspaceMgr.create(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c'));
    }
  }

  /** The memory for one band, and the filters as a matrix: [C, 3·k·k + 1], the bias last. */
  private record Bands(
      INDArray input,
      int kernel,
      INDArray filters,
      INDArray columns,
      INDArray activations,
      INDArray gradients)
      implements AutoCloseable {

    /** Rows of a band after pooling: 4 MB of activations at full width. */
    private static final int ROWS = 16;

    Bands(INDArray input, INDArray weights, INDArray bias) {
      this(
          input,
          (int) weights.size(2),
          matrix(weights, bias),
          band(input, weights, 3 * weights.size(2) * weights.size(2) + 1),
          band(input, weights, weights.size(0)),
          band(input, weights, weights.size(0)));
    }

    void forEach(Consumer<Band> action) {
      long side = width() / 2;
      for (int image = 0; image < input.size(0); image++) {
        for (long top = 0; top < side; top += ROWS) {
          action.accept(Band.of(this, image, top, Math.min(side, top + ROWS)));
        }
      }
    }

    /** Positions of the convolution in a row. */
    long width() {
      return input.size(3) - kernel + 1;
    }

    @Override
    public void close() {
      filters.close();
      columns.close();
      activations.close();
      gradients.close();
    }

    private static INDArray matrix(INDArray weights, INDArray bias) {
      long channels = weights.size(0);
      long fanIn = weights.length() / channels;
      INDArray matrix =
          Nd4j.createUninitialized(weights.dataType(), new long[] {channels, fanIn + 1}, 'c');
      matrix.get(all(), interval(0, fanIn)).assign(weights.reshape(channels, fanIn));
      matrix.getColumn(fanIn).assign(bias.reshape(channels));
      return matrix;
    }

    private static INDArray band(INDArray input, INDArray weights, long rows) {
      long width = input.size(3) - weights.size(3) + 1;
      return Nd4j.createUninitialized(input.dataType(), rows * 2 * ROWS * width);
    }
  }

  /**
   * Some rows of one image.
   *
   * @param columns [3·k·k + 1, rows · width]: what each filter sees, and 1 for the bias
   * @param activations [1, C, rows, width], rectified
   * @param gradients of the same shape, not set yet
   * @param top the first row after pooling
   * @param bottom the last such row, exclusive
   */
  private record Band(
      INDArray filters,
      INDArray columns,
      INDArray activations,
      INDArray gradients,
      int image,
      long top,
      long bottom) {

    static Band of(Bands bands, int image, long top, long bottom) {
      long rows = 2 * (bottom - top);
      long width = bands.width();
      long channels = bands.filters().rows();
      int fanIn = bands.filters().columns() - 1;
      int kernel = bands.kernel();
      INDArray columns = shaped(bands.columns(), fanIn + 1L, rows * width);
      INDArray activations = shaped(bands.activations(), channels, rows * width);
      try (INDArray pixels =
          bands
              .input()
              .get(
                  interval(image, image + 1),
                  all(),
                  interval(2 * top, 2 * bottom + kernel - 1),
                  all())
              .dup('c')) {
        INDArray seen = shaped(columns, 1, 3, kernel, kernel, rows, width);
        Convolution.im2col(pixels, kernel, kernel, 1, 1, 0, 0, false, seen);
      }
      columns.getRow(fanIn).assign(1);
      Nd4j.gemm(bands.filters(), columns, activations, false, false, 1, 0);
      Nd4j.exec(new RectifiedLinear(activations, activations));
      return new Band(
          bands.filters(),
          columns,
          shaped(activations, 1, channels, rows, width),
          shaped(bands.gradients(), 1, channels, rows, width),
          image,
          top,
          bottom);
    }

    void pool(INDArray output) {
      INDArray part = part(output);
      try (INDArray pooled = part.ulike()) {
        Nd4j.exec(pooling("avgpool2d").addInputs(activations).addOutputs(pooled).build());
        part.assign(pooled);
      }
    }

    /** Adds this band's share to the gradient of the filters. */
    void backpropagate(INDArray epsilon, INDArray sum) {
      try (INDArray pooled = part(epsilon).dup('c')) {
        Nd4j.exec(
            pooling("avgpool2d_bp").addInputs(activations, pooled).addOutputs(gradients).build());
      }
      Nd4j.exec(new RectifiedLinearDerivative(activations, gradients, gradients, 0));
      INDArray flat = shaped(gradients, sum.rows(), columns.columns());
      Nd4j.gemm(flat, columns, sum, false, true, 1, 1);
    }

    private INDArray part(INDArray pooled) {
      return pooled.get(interval(image, image + 1), all(), interval(top, bottom), all());
    }

    /** Kernel, stride, padding, dilation; not "same"; no padding counts; NCHW. */
    private static DynamicCustomOp.DynamicCustomOpsBuilder pooling(String name) {
      return DynamicCustomOp.builder(name).addIntegerArguments(2, 2, 2, 2, 0, 0, 1, 1, 0, 0, 0);
    }

    /** The first values of an array in another shape, not copied. */
    private static INDArray shaped(INDArray array, long... shape) {
      long length = 1;
      for (long axis : shape) {
        length *= axis;
      }
      return array.reshape(array.length()).get(interval(0, length)).reshape('c', shape);
    }
  }
}
