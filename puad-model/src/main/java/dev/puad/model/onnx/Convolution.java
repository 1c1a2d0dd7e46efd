package dev.puad.model.onnx;

/**
 * The weights of a convolution.
 *
 * @param name of its constants in a graph
 * @param outputs the channels it draws
 * @param inputs the channels it sees
 * @param kernel its side
 * @param weight [outputs, inputs, kernel, kernel]
 * @param bias [outputs]
 */
record Convolution(String name, int outputs, int inputs, int kernel, float[] weight, float[] bias) {

  Convolution {
    int expected = outputs * inputs * kernel * kernel;
    if (weight.length != expected || bias.length != outputs) {
      throw new IllegalArgumentException(
          "%s has %d weights and %d biases, not %d and %d."
              .formatted(name, weight.length, bias.length, expected, outputs));
    }
  }

  /** The convolution of inputs that are x / scale, as one of x. */
  Convolution ofScaledInputs(double[] scale) {
    float[] scaled = weight.clone();
    int area = kernel * kernel;
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (scaled[i] / scale[i / area % inputs]);
    }
    return new Convolution(name, outputs, inputs, kernel, scaled, bias);
  }

  /** The convolution whose outputs are (y − mean) / deviation. */
  Convolution normalized(double[] mean, double[] deviation) {
    float[] scaled = weight.clone();
    int filter = inputs * kernel * kernel;
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (scaled[i] / deviation[i / filter]);
    }
    float[] shifted = new float[outputs];
    for (int o = 0; o < outputs; o++) {
      shifted[o] = (float) ((bias[o] - mean[o]) / deviation[o]);
    }
    return new Convolution(name, outputs, inputs, kernel, scaled, shifted);
  }

  /** The name of the weights as a constant of a graph. */
  String weightIn(GraphBuilder graph) {
    return graph.constant(FoldedNetworks.weight(name), weight, outputs, inputs, kernel, kernel);
  }

  /** The name of the biases as a constant of a graph. */
  String biasIn(GraphBuilder graph) {
    return graph.constant(FoldedNetworks.bias(name), bias, outputs);
  }
}
