package dev.puad.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class HardFeatureLossTest {

  private static final int ROWS = 40;
  private static final int COLUMNS = 30;

  private final double[] output = normal(1);
  private final double[] labels = normal(2);

  @Test
  void withoutAQuantileItIsTheMeanSquaredError() {
    double sum = 0;
    for (int i = 0; i < output.length; i++) {
      sum += Math.pow(output[i] - labels[i], 2);
    }
    assertThat(score(0, output)).isCloseTo(sum / output.length, within(1e-12));
  }

  @Test
  void withAQuantileItIsTheMeanOfTheDifferencesAtOrAboveIt() {
    double[] squares = new double[output.length];
    for (int i = 0; i < output.length; i++) {
      squares[i] = Math.pow(output[i] - labels[i], 2);
    }
    Arrays.sort(squares);
    // rank 0.99 * 1199 = 1187.01: the 12 largest lie above the quantile
    double expected = Arrays.stream(squares, 1188, 1200).average().orElseThrow();
    assertThat(score(0.99, output)).isCloseTo(expected, within(1e-12));
  }

  @Test
  void itsGradientAgreesWithFiniteDifferences() {
    double step = 1e-6;
    double[] gradient =
        new HardFeatureLoss(0.9)
            .computeGradient(array(labels), array(output), new ActivationIdentity(), null)
            .data()
            .asDouble();
    for (int i = 0; i < output.length; i += 7) {
      double[] above = output.clone();
      double[] below = output.clone();
      above[i] += step;
      below[i] -= step;
      double expected = (score(0.9, above) - score(0.9, below)) / (2 * step);
      assertThat(gradient[i]).isCloseTo(expected, within(1e-7));
    }
  }

  private double score(double quantile, double[] values) {
    return new HardFeatureLoss(quantile)
        .computeScore(array(labels), array(values), new ActivationIdentity(), null, false);
  }

  private static INDArray array(double[] values) {
    return Nd4j.createFromArray(values).reshape('c', ROWS, COLUMNS);
  }

  private static double[] normal(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[ROWS * COLUMNS];
    Arrays.setAll(values, i -> random.nextGaussian());
    return values;
  }
}
