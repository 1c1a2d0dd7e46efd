package dev.puad.model.network;

import dev.puad.model.stats.OrthogonalMatrix;
import dev.puad.model.stats.ScalarMoments;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/** First values of a network's parameters, the same for the same seed whatever the machine. */
final class Weights {

  private static final double ORTHOGONAL_GAIN = Math.sqrt(2);

  private Weights() {}

  /** Copies every parameter of {@code graph} from the layer of the same name. */
  static void copy(ComputationGraph from, ComputationGraph graph) {
    for (Layer layer : convolutions(graph)) {
      Layer source = from.getLayer(name(layer));
      layer.getParam("W").assign(source.getParam("W"));
      layer.getParam("b").assign(source.getParam("b"));
    }
  }

  /** PyTorch's default for convolutions: weights and biases uniform within ±1/√fan_in. */
  static void uniform(ComputationGraph graph, long seed) {
    for (Layer layer : convolutions(graph)) {
      SplittableRandom random = random(layer, seed);
      INDArray weights = layer.getParam("W");
      double bound = 1 / Math.sqrt(fanIn(weights));
      assign(weights, random.doubles(weights.length(), -bound, bound).toArray());
      INDArray bias = layer.getParam("b");
      assign(bias, random.doubles(bias.length(), -bound, bound).toArray());
    }
  }

  /** Orthogonal filters with gain √2 and zero biases: they keep the variance through a ReLU. */
  static void orthogonal(ComputationGraph graph, long seed) {
    for (Layer layer : convolutions(graph)) {
      INDArray weights = layer.getParam("W");
      int filters = (int) weights.size(0);
      double[] matrix = OrthogonalMatrix.random(filters, fanIn(weights), random(layer, seed));
      assign(weights, Arrays.stream(matrix).map(value -> ORTHOGONAL_GAIN * value).toArray());
      layer.getParam("b").assign(0);
    }
  }

  /**
   * Scales each layer's filters so that what it draws of some images has unit variance before the
   * ReLU (layer-sequential unit-variance, Mishkin and Matas 2016). Biases have to be zero, and
   * images not padded.
   *
   * @param images [N, 3, S, S]
   */
  static void unitVariance(ComputationGraph graph, INDArray images) {
    for (Layer layer : convolutions(graph)) {
      layer.getParam("W").divi(deviation(graph, layer, images));
    }
  }

  private static double deviation(ComputationGraph graph, Layer layer, INDArray images) {
    String before = graph.getConfiguration().getVertexInputs().get(name(layer)).get(0);
    Map<String, INDArray> drawn = new HashMap<>(graph.feedForward(images, false));
    try (INDArray convolved = convolved(drawn.get(before), layer.getParam("W"))) {
      return Arrays.stream(RowMajor.doubles(convolved))
          .collect(ScalarMoments::new, ScalarMoments::add, ScalarMoments::mergeWith)
          .standardDeviation();
    } finally {
      drawn.keySet().removeAll(graph.getConfiguration().getNetworkInputs());
      drawn.values().forEach(INDArray::close);
    }
  }

  private static INDArray convolved(INDArray maps, INDArray filters) {
    Conv2DConfig valid =
        Conv2DConfig.builder()
            .kH(filters.size(2))
            .kW(filters.size(3))
            .paddingMode(PaddingMode.VALID)
            .weightsFormat(WeightsFormat.OIYX)
            .build();
    return Nd4j.cnn().conv2d(maps, filters, valid);
  }

  private static SplittableRandom random(Layer layer, long seed) {
    return new SplittableRandom(31 * seed + name(layer).hashCode());
  }

  private static String name(Layer layer) {
    return layer.conf().getLayer().getLayerName();
  }

  private static List<Layer> convolutions(ComputationGraph graph) {
    return Arrays.stream(graph.getLayers()).filter(layer -> layer.numParams() > 0).toList();
  }

  private static int fanIn(INDArray weights) {
    return (int) (weights.length() / weights.size(0));
  }

  /** Sets every value of an array, in C order. */
  private static void assign(INDArray array, double[] values) {
    try (INDArray given = Nd4j.create(values, array.shape(), array.dataType())) {
      array.assign(given);
    }
  }
}
