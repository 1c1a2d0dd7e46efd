package dev.puad.model.network;

import dev.puad.model.stats.BucketHistograms;
import dev.puad.model.stats.ExactQuantiles;
import dev.puad.model.stats.RadixHistogram;
import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * EfficientAD's losses as output layers: the mean of the squared differences from a target, of
 * those at or above their quantile over the whole batch (the hard feature loss of section 3.2), or
 * with quantile 0 of all of them.
 *
 * <p>DL4J's own loss layer sums over positions, divides by the batch and wants labels even where
 * the target is zero. This loss is a mean already, so a graph that uses it switches {@code
 * miniBatch} off.
 */
public final class FeatureLoss extends CnnLossLayer {

  private static final long serialVersionUID = 1L;

  /** What the layer's input should be. */
  public enum Target {
    /** The labels of the minibatch, of the input's shape. */
    LABELS,
    /** Zero; labels are ignored. */
    ZERO
  }

  // DL4J writes configurations through getters and setters; without them both read back as unset.
  private double quantile;
  private Target target;

  /** For deserialization from JSON. */
  public FeatureLoss() {
    setActivationFn(new ActivationIdentity());
  }

  /**
   * A loss.
   *
   * @param quantile the share of squared differences that do not count, in [0, 1)
   */
  static FeatureLoss of(double quantile, Target target) {
    FeatureLoss loss = new FeatureLoss();
    loss.setQuantile(quantile);
    loss.setTarget(target);
    return loss;
  }

  public double getQuantile() {
    return quantile;
  }

  public void setQuantile(double quantile) {
    this.quantile = quantile;
  }

  public Target getTarget() {
    return target;
  }

  public void setTarget(Target target) {
    this.target = target;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FeatureLoss loss
        && loss.quantile == quantile
        && loss.target == target
        && super.equals(other);
  }

  @Override
  public int hashCode() {
    return 31 * Double.hashCode(quantile) + super.hashCode();
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray paramsView,
      boolean initializeParams,
      DataType dataType) {
    Loss layer = new Loss(conf, dataType, quantile, target);
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(paramsView);
    layer.setParamTable(initializer().init(conf, paramsView, initializeParams));
    layer.setConf(conf);
    return layer;
  }

  /** The layer itself. */
  private static final class Loss extends org.deeplearning4j.nn.layers.convolution.CnnLossLayer {

    private static final long serialVersionUID = 1L;

    private final double quantile;
    private final Target target;

    /** The loss of the present input, where the backward pass has found it. */
    private Double found;

    Loss(NeuralNetConfiguration conf, DataType dataType, double quantile, Target target) {
      super(conf, dataType);
      this.quantile = quantile;
      this.target = target;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
      return workspaceMgr.dup(ArrayType.ACTIVATIONS, input);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
      INDArray gradient =
          workspaceMgr.createUninitialized(
              ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c');
      found = loss(gradient);
      return new Pair<>(new DefaultGradient(), gradient);
    }

    @Override
    public double computeScore(
        double regularization, boolean training, LayerWorkspaceMgr workspaceMgr) {
      if (found == null) {
        try (INDArray scratch = input.ulike()) {
          found = loss(scratch);
        }
      }
      // The weight decay acts on gradients; a user wants to see the loss alone.
      return found;
    }

    @Override
    public void setInput(INDArray input, LayerWorkspaceMgr workspaceMgr) {
      super.setInput(input, workspaceMgr);
      found = null;
    }

    @Override
    public void clear() {
      super.clear();
      found = null;
    }

    /**
     * The loss of the present input.
     *
     * @param gradient becomes the loss's by the input
     */
    private double loss(INDArray gradient) {
      switch (target) {
        case LABELS -> input.subi(labels, gradient);
        case ZERO -> gradient.assign(input);
      }
      return quantile == 0 ? mean(gradient) : hardMean(gradient);
    }

    /** The mean square of the differences, which become its gradient. */
    private static double mean(INDArray differences) {
      double sum = 0;
      for (double difference : RowMajor.doubles(differences)) {
        sum += difference * difference;
      }
      long count = differences.length();
      differences.muli(2.0 / count);
      return sum / count;
    }

    /** The same over the hard differences only; others get no gradient. */
    private double hardMean(INDArray differences) {
      double[] values = RowMajor.doubles(differences);
      float[] squares = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        squares[i] = (float) (values[i] * values[i]);
      }
      double threshold = threshold(squares);
      double sum = 0;
      long count = 0;
      for (int i = 0; i < values.length; i++) {
        if (squares[i] >= threshold) {
          sum += values[i] * values[i];
          count++;
        } else {
          values[i] = 0;
        }
      }
      try (INDArray hard = Nd4j.create(values, differences.shape(), differences.dataType())) {
        differences.assign(hard).muli(2.0 / count);
      }
      return sum / count;
    }

    /** A selection: sorting a batch's million squares would take a tenth of the step. */
    private double threshold(float[] squares) {
      ExactQuantiles plan = ExactQuantiles.plan(new RadixHistogram().add(squares), quantile);
      BucketHistograms buckets = plan.secondPass().add(squares);
      return plan.quantiles(buckets)[0];
    }
  }
}
