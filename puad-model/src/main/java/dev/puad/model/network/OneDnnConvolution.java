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
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution that runs on oneDNN.
 *
 * <p>DL4J's own layer multiplies im2col matrices, which costs 3.5 times as much; its oneDNN helper
 * exists but is lost by clones and restored graphs. This configuration installs it whenever a layer
 * is made, so a Spark worker, a clone and a model read from disk all have it, and none falls back
 * silently. Its activation is the identity: a ReLU is a layer of its own, so that the backward pass
 * need not repeat the forward convolution to learn its sign.
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
    return new Builder(kernel, stride, padding)
        .nIn(in)
        .nOut(out)
        .activation(new ActivationIdentity())
        .build();
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

    Convolution(NeuralNetConfiguration conf, DataType dataType) {
      super(conf, dataType);
      helper = dataType == DataType.FLOAT ? new MKLDNNConvHelper(dataType) : null;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
      if (helper == null) {
        return super.backpropGradient(epsilon, workspaceMgr);
      }
      assertInputSet(true);
      ConvolutionLayer conf = layerConf();
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
