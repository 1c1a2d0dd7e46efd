package dev.puad.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.BadInputException;
import dev.puad.model.network.FeatureLoss.Target;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FeatureLossTest {

  private static final long[] SHAPE = {2, 6, 10, 10};

  private final double[] output = normal(1);
  private final double[] labels = normal(2);

  @Test
  void withoutAQuantileItIsTheMeanSquaredError() {
    double sum = 0;
    for (int i = 0; i < output.length; i++) {
      sum += Math.pow(output[i] - labels[i], 2);
    }
    assertThat(score(0, Target.LABELS, output)).isCloseTo(sum / output.length, within(1e-12));
  }

  @Test
  void withZeroAsItsTargetItIgnoresLabels() {
    double sum = Arrays.stream(output).map(value -> value * value).sum();
    assertThat(score(0, Target.ZERO, output)).isCloseTo(sum / output.length, within(1e-12));
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
    assertThat(score(0.99, Target.LABELS, output)).isCloseTo(expected, within(1e-12));
  }

  @Test
  void itsGradientAgreesWithFiniteDifferences() {
    double step = 1e-6;
    IOutputLayer layer = layer(0.9, Target.LABELS, output);
    double[] gradient =
        layer
            .backpropGradient(null, LayerWorkspaceMgr.noWorkspaces())
            .getSecond()
            .data()
            .asDouble();
    for (int i = 0; i < output.length; i += 7) {
      double[] above = output.clone();
      double[] below = output.clone();
      above[i] += step;
      below[i] -= step;
      double expected =
          (score(0.9, Target.LABELS, above) - score(0.9, Target.LABELS, below)) / (2 * step);
      assertThat(gradient[i]).isCloseTo(expected, within(1e-7));
    }
  }

  @Test
  void theBackwardPassLeavesTheSameScore() {
    IOutputLayer layer = layer(0.9, Target.LABELS, output);
    layer.backpropGradient(null, LayerWorkspaceMgr.noWorkspaces());
    assertThat(layer.computeScore(0, true, LayerWorkspaceMgr.noWorkspaces()))
        .isEqualTo(score(0.9, Target.LABELS, output));
  }

  @Test
  void aNetworkThatDivergedIsNamedAsTheCause() {
    double[] broken = output.clone();
    broken[3] = Double.NaN;
    assertThatThrownBy(() -> score(0.9, Target.LABELS, broken))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot take quantiles with NaN at 3: check the network's weights.");
  }

  @Test
  void itsConfigurationSurvivesJson() {
    ComputationGraphConfiguration configuration = configuration(0.7, Target.ZERO);
    assertThat(ComputationGraphConfiguration.fromJson(configuration.toJson()))
        .isEqualTo(configuration)
        .isNotEqualTo(configuration(0.7, Target.LABELS))
        .isNotEqualTo(configuration(0.6, Target.ZERO));
  }

  private double score(double quantile, Target target, double[] values) {
    return layer(quantile, target, values).computeScore(0, true, LayerWorkspaceMgr.noWorkspaces());
  }

  private IOutputLayer layer(double quantile, Target target, double[] values) {
    ComputationGraph graph = new ComputationGraph(configuration(quantile, target));
    graph.init();
    IOutputLayer layer = (IOutputLayer) graph.getLayer("loss");
    layer.setInput(array(values), LayerWorkspaceMgr.noWorkspaces());
    layer.setLabels(array(labels));
    return layer;
  }

  private static ComputationGraphConfiguration configuration(double quantile, Target target) {
    return new NeuralNetConfiguration.Builder()
        .dataType(DataType.DOUBLE)
        .graphBuilder()
        .addInputs("x")
        .addLayer("loss", FeatureLoss.of(quantile, target), "x")
        .setOutputs("loss")
        .build();
  }

  private static INDArray array(double[] values) {
    return Nd4j.createFromArray(values).reshape('c', SHAPE);
  }

  private static double[] normal(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[1200];
    Arrays.setAll(values, i -> random.nextGaussian());
    return values;
  }
}
