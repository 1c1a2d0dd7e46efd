package dev.puad.model.network;

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
      assign(weights, orthogonal(filters, fanIn(weights), random(layer, seed)));
      layer.getParam("b").assign(0);
    }
  }

  /**
   * A rows × columns matrix, row-major, whose rows (or columns, where there are fewer of them) are
   * orthogonal and of length √2: Gram-Schmidt over normal vectors, run twice for accuracy.
   */
  static double[] orthogonal(int rows, int columns, SplittableRandom random) {
    int count = Math.min(rows, columns);
    int length = Math.max(rows, columns);
    double[][] vectors = new double[count][length];
    for (double[] vector : vectors) {
      for (int i = 0; i < length; i++) {
        vector[i] = random.nextGaussian();
      }
    }
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < i; j++) {
          subtractProjection(vectors[i], vectors[j]);
        }
        scale(vectors[i], 1 / Math.sqrt(dot(vectors[i], vectors[i])));
      }
    }
    double[] matrix = new double[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        double value = rows <= columns ? vectors[row][column] : vectors[column][row];
        matrix[row * columns + column] = ORTHOGONAL_GAIN * value;
      }
    }
    return matrix;
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

  private static void subtractProjection(double[] vector, double[] unit) {
    double length = dot(vector, unit);
    for (int i = 0; i < vector.length; i++) {
      vector[i] -= length * unit[i];
    }
  }

  private static void scale(double[] vector, double factor) {
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= factor;
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
