package dev.puad.model.network;

import dev.puad.model.stats.OrthogonalMatrix;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
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
   * ReLU (layer-sequential unit-variance, Mishkin and Matas 2016). Biases have to be zero. A first
   * layer that pools as well is measured after that, so it draws somewhat more.
   *
   * @param images [N, 3, S, S]
   */
  static void unitVariance(ComputationGraph graph, INDArray images) {
    for (Layer layer : convolutions(graph)) {
      layer.getParam("W").divi(Math.sqrt(variance(graph, layer, images)));
    }
  }

  /** Of z, from ReLU(z) and ReLU(-z); a layer without a ReLU draws the same but for the sign. */
  private static double variance(ComputationGraph graph, Layer layer, INDArray images) {
    INDArray weights = layer.getParam("W");
    double[] positive = RowMajor.doubles(draw(graph, layer, images));
    weights.negi();
    double[] negative = RowMajor.doubles(draw(graph, layer, images));
    weights.negi();
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < positive.length; i++) {
      double value = positive[i] == 0 ? -negative[i] : positive[i];
      sum += value;
      squares += value * value;
    }
    double mean = sum / positive.length;
    return squares / positive.length - mean * mean;
  }

  private static INDArray draw(ComputationGraph graph, Layer layer, INDArray images) {
    return graph.feedForward(images, false).get(name(layer));
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
