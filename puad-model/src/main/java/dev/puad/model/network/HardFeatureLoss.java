package dev.puad.model.network;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * The loss that networks of bundles of format 1 name. It is only there to be read: such bundles
 * score, but do not train on. {@link FeatureLoss} has taken its place.
 */
public final class HardFeatureLoss implements ILossFunction {

  private static final long serialVersionUID = 1L;

  // DL4J reads losses through getters and setters.
  private double quantile;

  public double getQuantile() {
    return quantile;
  }

  public void setQuantile(double quantile) {
    this.quantile = quantile;
  }

  /**
   * Not computed.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public double computeScore(
      INDArray labels, INDArray output, IActivation activation, INDArray mask, boolean average) {
    throw unsupported();
  }

  /**
   * Not computed.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public INDArray computeScoreArray(
      INDArray labels, INDArray output, IActivation activation, INDArray mask) {
    throw unsupported();
  }

  /**
   * Not computed.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public INDArray computeGradient(
      INDArray labels, INDArray output, IActivation activation, INDArray mask) {
    throw unsupported();
  }

  /**
   * Not computed.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels, INDArray output, IActivation activation, INDArray mask, boolean average) {
    throw unsupported();
  }

  @Override
  public String name() {
    return "HardFeatureLoss(" + quantile + ")";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HardFeatureLoss loss && loss.quantile == quantile;
  }

  @Override
  public int hashCode() {
    return Double.hashCode(quantile);
  }

  private static UnsupportedOperationException unsupported() {
    return new UnsupportedOperationException(
        "A network of a bundle of format 1 scores, but does not train on. Train a new one.");
  }
}
