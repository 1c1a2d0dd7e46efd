package dev.puad.model.network;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Adam as PyTorch computes it: ε is added to √v̂, the bias-corrected second moment.
 *
 * <p>ND4J adds it to √v before the correction, which in the first steps weighs 30 times as much.
 * That matters for dead filters, which L2 alone moves with gradients near 10⁻⁶.
 */
public final class TorchAdam extends Adam {

  private static final long serialVersionUID = 1L;

  /** For deserialization from JSON. */
  public TorchAdam() {}

  TorchAdam(double learningRate) {
    super(learningRate);
  }

  @Override
  public TorchAdam clone() {
    TorchAdam copy = new TorchAdam();
    copy.setLrAndSchedule(getLearningRate(), getLearningRateSchedule());
    copy.setBeta1(getBeta1());
    copy.setBeta2(getBeta2());
    copy.setEpsilon(getEpsilon());
    return copy;
  }

  @Override
  public GradientUpdater<Adam> instantiate(INDArray view, boolean initialize) {
    Updater updater = new Updater(this);
    INDArray flat = view.reshape(view.length());
    long[] half = Arrays.copyOf(flat.shape(), 1);
    half[0] /= 2;
    updater.setStateViewArray(flat, half, flat.ordering(), initialize);
    return updater;
  }

  private static final class Updater extends org.nd4j.linalg.learning.AdamUpdater {

    Updater(TorchAdam config) {
      super(config);
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
      Adam config = getConfig();
      double correction = Math.sqrt(1 - Math.pow(config.getBeta2(), iteration + 1));
      Nd4j.exec(
          new AdamUpdater(
              gradient.reshape(getV().shape()),
              getV(),
              getM(),
              config.getLearningRate(iteration, epoch),
              config.getBeta1(),
              config.getBeta2(),
              config.getEpsilon() * correction,
              iteration));
    }
  }
}
