package dev.puad.model.network;

import java.util.Collection;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinearDerivative;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution that runs on oneDNN.
 *
 * <p>DL4J's own layer multiplies im2col matrices, which costs 3.5 times as much; its oneDNN helper
 * exists but is lost by clones and restored graphs. This configuration installs it whenever a layer
 * is made, so a Spark worker, a clone and a model read from disk all have it, and none falls back
 * silently. A ReLU that follows is part of the layer and works in place, forward and backward.
 */
public final class OneDnnConvolution extends ConvolutionLayer {

  private static final long serialVersionUID = 1L;

  /** For deserialization from JSON. */
  public OneDnnConvolution() {}

  private OneDnnConvolution(Builder builder) {
    super(builder);
    initializeConstraints(builder);
  }

  /** A square convolution of the given input and output channels. */
  static OneDnnConvolution of(int kernel, int stride, int padding, int in, int out) {
    return of(kernel, stride, padding, in, out, new ActivationIdentity());
  }

  /** The same with a ReLU. */
  static OneDnnConvolution rectified(int kernel, int stride, int padding, int in, int out) {
    return of(kernel, stride, padding, in, out, new ActivationReLU());
  }

  private static OneDnnConvolution of(
      int kernel, int stride, int padding, int in, int out, IActivation activation) {
    return new Builder(kernel, stride, padding).nIn(in).nOut(out).activation(activation).build();
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray paramsView,
      boolean initializeParams,
      DataType dataType) {
    Convolution layer = new Convolution(conf, dataType);
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(paramsView);
    Map<String, INDArray> params = initializer().init(conf, paramsView, initializeParams);
    layer.setParamTable(params);
    layer.setConf(conf);
    return layer;
  }

  @SuppressWarnings("unchecked") // DL4J declares <E extends Layer> E build()
  private static final class Builder extends BaseConvBuilder<Builder> {

    Builder(int kernel, int stride, int padding) {
      super(new int[] {kernel, kernel}, new int[] {stride, stride}, new int[] {padding, padding});
      helperAllowFallback(false);
    }

    @Override
    protected boolean allowCausal() {
      return false;
    }

    @Override
    public OneDnnConvolution build() {
      return new OneDnnConvolution(this);
    }
  }

  /** The layer itself; float64 (used by gradient checks) keeps DL4J's own arithmetic. */
  private static final class Convolution
      extends org.deeplearning4j.nn.layers.convolution.ConvolutionLayer {

    private static final long serialVersionUID = 1L;

    /** The last output: where it is 0, the ReLU lets no gradient through. */
    private INDArray output;

    Convolution(NeuralNetConfiguration conf, DataType dataType) {
      super(conf, dataType);
      helper = dataType == DataType.FLOAT ? new MKLDNNConvHelper(dataType) : null;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
      output = super.activate(training, workspaceMgr);
      return output;
    }

    @Override
    public void clear() {
      super.clear();
      output = null;
    }

    /** Nobody asks: a user wants to see the loss alone. */
    @Override
    public double calcRegularizationScore(boolean backpropOnlyParams) {
      return 0;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
      if (helper == null) {
        return super.backpropGradient(epsilon, workspaceMgr);
      }
      assertInputSet(true);
      ConvolutionLayer conf = layerConf();
      // The stock layer would repeat the forward convolution to learn the sign before the ReLU.
      if (conf.getActivationFn() instanceof ActivationReLU) {
        Nd4j.exec(new RectifiedLinearDerivative(output, epsilon, epsilon, 0));
      }
      return helper.backpropGradient(
          input,
          getParam("W"),
          getParam("b"),
          epsilon,
          conf.getKernelSize(),
          conf.getStride(),
          conf.getPadding(),
          gradientViews.get("b"),
          gradientViews.get("W"),
          conf.getActivationFn(),
          conf.getCudnnAlgoMode(),
          conf.getCudnnBwdFilterAlgo(),
          conf.getCudnnBwdDataAlgo(),
          convolutionMode,
          conf.getDilation(),
          conf.getCnn2dDataFormat(),
          workspaceMgr);
    }
  }
}
