package dev.puad.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

class TrainingNetworkTest {

  /** The topology of tiny with few channels, so that finite differences take seconds. */
  private static final Architecture NARROW =
      new Architecture(
          "narrow",
          128,
          List.of(
              new Architecture.Block(4, 3, 3, true),
              new Architecture.Block(4, 3, 4, true),
              new Architecture.Block(3, 1, 4, false),
              new Architecture.Block(4, 0, 5, false)),
          null,
          List.of(4, 4, 6, 6, 6),
          4,
          5,
          new Architecture.Recipe(1e-3, 1e-3, 0, 0.2, 1));

  private final SplittableRandom random = new SplittableRandom(7);

  @ParameterizedTest
  @EnumSource
  void theGradientOfEveryLayerAgreesWithFiniteDifferences(TrainingNetwork.Terms terms) {
    ComputationGraph graph =
        new ComputationGraph(TrainingNetwork.configuration(NARROW, terms, DataType.DOUBLE));
    graph.init();
    Weights.uniform(graph, 1);
    INDArray none = Nd4j.zeros(DataType.DOUBLE, 2, 1);
    MultiDataSet batch =
        switch (terms) {
          case WITHOUT_PENALTY ->
              new MultiDataSet(
                  new INDArray[] {image(2), image(2)},
                  new INDArray[] {features(2), features(2), none});
          case WITH_PENALTY ->
              new MultiDataSet(
                  new INDArray[] {image(2), image(2), image(2)},
                  new INDArray[] {features(2), features(2), none, none});
        };
    double loss = backpropagate(graph, batch);
    assertThat(loss(graph, batch)).isEqualTo(loss);
    double step = 1e-6;
    for (Layer layer : graph.getLayers()) {
      if (layer.numParams() == 0) {
        continue;
      }
      INDArray parameters = layer.params();
      INDArray before = parameters.dup();
      INDArray direction =
          Nd4j.createFromArray(directions(parameters.length())).reshape(before.shape());
      INDArray gradient = layer.getGradientsViewArray().reshape(before.shape());
      double slope = gradient.mul(direction).sumNumber().doubleValue();
      parameters.assign(before.add(direction.mul(step)));
      double above = loss(graph, batch);
      parameters.assign(before.sub(direction.mul(step)));
      double below = loss(graph, batch);
      parameters.assign(before);
      assertThat(slope)
          .as(layer.conf().getLayer().getLayerName())
          .isCloseTo((above - below) / (2 * step), within(1e-6 + 1e-5 * Math.abs(slope)))
          .isNotZero();
    }
    graph.close();
  }

  @Test
  void theSameSeedGivesTheSameParameters() {
    try (TrainingNetwork one = TrainingNetwork.create(NARROW, 3);
        TrainingNetwork same = TrainingNetwork.create(NARROW, 3);
        TrainingNetwork other = TrainingNetwork.create(NARROW, 4)) {
      assertThat(same.parameters()).isEqualTo(one.parameters());
      assertThat(other.parameters()).isNotEqualTo(one.parameters());
    }
  }

  @Test
  void aRestoredNetworkContinuesAsTheOriginalWould() {
    float[][] image = {normal(NARROW.imageLength())};
    float[][] description = {normal(NARROW.channels() * NARROW.positions())};
    try (TrainingNetwork original = TrainingNetwork.create(NARROW, 3)) {
      fit(original, image, description);
      try (TrainingNetwork restored = TrainingNetwork.read(NARROW, original.bytes())) {
        fit(original, image, description);
        fit(restored, image, description);
        assertThat(restored.parameters()).isEqualTo(original.parameters());
      }
    }
  }

  @Test
  void theDetectionNetworkDescribesAsTheTrainedOne() {
    float[] image = normal(NARROW.imageLength());
    try (TrainingNetwork training = TrainingNetwork.create(NARROW, 3);
        DetectionNetwork detection = training.detection()) {
      INDArray input = Nd4j.createFromArray(image).reshape('c', 1, 3, 128, 128);
      INDArray[] outputs = training.graph().output(input, input);
      DetectionNetwork.Descriptions descriptions = detection.describe(image);
      assertThat(descriptions.local()).isEqualTo(outputs[0].dup('c').data().asFloat());
      assertThat(descriptions.autoencoder()).isEqualTo(outputs[1].dup('c').data().asFloat());
      float[] difference = outputs[2].dup('c').data().asFloat();
      for (int i = 0; i < difference.length; i++) {
        assertThat(descriptions.autoencoder()[i] - descriptions.global()[i])
            .isCloseTo(difference[i], within(1e-6f));
      }
    }
  }

  private static void fit(TrainingNetwork network, float[][] image, float[][] description) {
    Nd4j.getRandom().setSeed(11);
    network
        .graph()
        .fit(
            TrainingNetwork.minibatch(
                NARROW, image, image, new float[0][], description, description));
  }

  /** Leaves the gradient in the layers' views; dropout is drawn anew from the same seed. */
  private static double backpropagate(ComputationGraph graph, MultiDataSet batch) {
    graph.setInputs(batch.getFeatures());
    graph.setLabels(batch.getLabels());
    Nd4j.getRandom().setSeed(5);
    graph.computeGradientAndScore();
    return graph.score();
  }

  /** The loss by the forward pass alone, in training mode with the dropout of the gradient. */
  private static double loss(ComputationGraph graph, MultiDataSet batch) {
    Nd4j.getRandom().setSeed(5);
    return graph.score(batch, true);
  }

  private INDArray image(int batch) {
    return doubles(batch, 3, NARROW.imageSize());
  }

  private INDArray features(int batch) {
    return doubles(batch, NARROW.channels(), NARROW.outputSize());
  }

  private INDArray doubles(int batch, int channels, int side) {
    double[] values = new double[batch * channels * side * side];
    Arrays.setAll(values, i -> random.nextGaussian());
    return Nd4j.createFromArray(values).reshape('c', batch, channels, side, side);
  }

  private double[] directions(long length) {
    return random.doubles(length, -1, 1).toArray();
  }

  private float[] normal(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
