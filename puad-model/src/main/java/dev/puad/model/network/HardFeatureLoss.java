package dev.puad.model.network;

import java.util.Arrays;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * EfficientAD's hard feature loss (section 3.2): the mean of the squared differences at or above
 * their {@code quantile}, over the whole batch. With quantile 0 it is the mean squared error.
 *
 * <p>DL4J's loss layers sum over positions and divide by the batch; this loss is a mean already, so
 * a graph that uses it switches {@code miniBatch} off.
 */
public final class HardFeatureLoss implements ILossFunction {

  private static final long serialVersionUID = 1L;

  // DL4J writes losses through getters and setters; without them it reads back as 0.
  private double quantile;

  /** For deserialization from JSON. */
  public HardFeatureLoss() {}

  HardFeatureLoss(double quantile) {
    this.quantile = quantile;
  }

  public double getQuantile() {
    return quantile;
  }

  public void setQuantile(double quantile) {
    this.quantile = quantile;
  }

  @Override
  public double computeScore(
      INDArray labels, INDArray output, IActivation activation, INDArray mask, boolean average) {
    double[] squares = squares(labels, output);
    double threshold = threshold(squares);
    double sum = 0;
    int count = 0;
    for (double square : squares) {
      if (square >= threshold) {
        sum += square;
        count++;
      }
    }
    return sum / count;
  }

  @Override
  public INDArray computeGradient(
      INDArray labels, INDArray output, IActivation activation, INDArray mask) {
    double[] differences = differences(labels, output);
    double[] squares = square(differences);
    double threshold = threshold(squares);
    int count = 0;
    for (double square : squares) {
      if (square >= threshold) {
        count++;
      }
    }
    for (int i = 0; i < differences.length; i++) {
      differences[i] = squares[i] >= threshold ? 2 * differences[i] / count : 0;
    }
    return Nd4j.create(differences, output.shape(), output.dataType());
  }

  @Override
  public Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels, INDArray output, IActivation activation, INDArray mask, boolean average) {
    return new Pair<>(
        computeScore(labels, output, activation, mask, average),
        computeGradient(labels, output, activation, mask));
  }

  @Override
  public INDArray computeScoreArray(
      INDArray labels, INDArray output, IActivation activation, INDArray mask) {
    throw new UnsupportedOperationException(
        "The hard feature loss is one number a batch; it has no score for a single example.");
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

  private static double[] squares(INDArray labels, INDArray output) {
    return square(differences(labels, output));
  }

  private static double[] differences(INDArray labels, INDArray output) {
    try (INDArray differences = output.sub(labels)) {
      return RowMajor.doubles(differences);
    }
  }

  private static double[] square(double[] differences) {
    double[] squares = new double[differences.length];
    for (int i = 0; i < squares.length; i++) {
      squares[i] = differences[i] * differences[i];
    }
    return squares;
  }

  /** The quantile by linear interpolation between order statistics, as torch.quantile. */
  private double threshold(double[] squares) {
    if (quantile == 0) {
      return 0;
    }
    double[] sorted = squares.clone();
    Arrays.sort(sorted);
    double rank = quantile * (sorted.length - 1);
    int low = (int) rank;
    int high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (rank - low) * (sorted[high] - sorted[low]);
  }
}
