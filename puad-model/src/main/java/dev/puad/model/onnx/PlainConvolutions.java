package dev.puad.model.onnx;

import dev.puad.model.onnx.GraphBuilder.Attribute;
import java.util.Arrays;
import java.util.List;

/** Convolutions as ONNX's own operator: for GPUs, and for any runtime. */
final class PlainConvolutions implements Convolutions {

  @Override
  public Value convolve(
      GraphBuilder graph, Value input, Convolution weights, int padding, Then then) {
    Value convolved = convolve(graph, input, weights, padding, 1);
    return switch (then) {
      case RELU -> relu(graph, convolved);
      case RELU_AND_POOL -> {
        Value rectified = relu(graph, convolved);
        String pooled =
            graph.add(
                "AveragePool",
                List.of(rectified.name()),
                Attribute.of("kernel_shape", 2, 2),
                Attribute.of("strides", 2, 2));
        yield new Value(pooled, rectified.channels(), rectified.side() / 2);
      }
    };
  }

  @Override
  public Value meanSquaredDifference(GraphBuilder graph, Term minuend, Term subtrahend) {
    String difference =
        graph.add("Sub", List.of(term(graph, minuend).name(), term(graph, subtrahend).name()));
    String squared = graph.add("Mul", List.of(difference, difference));
    int channels = minuend.weights().outputs();
    float[] shares = new float[channels];
    Arrays.fill(shares, 1f / channels);
    // ReduceMean adds up in another order for one image than for several.
    String mean =
        graph.add(
            "Conv",
            List.of(squared, graph.constant("shares." + channels, shares, 1, channels, 1, 1)),
            Attribute.of("kernel_shape", 1, 1));
    return new Value(mean, 1, minuend.side());
  }

  private static Value term(GraphBuilder graph, Term term) {
    return convolve(graph, term.input(), term.weights(), term.padding(), 1);
  }

  static Value convolve(
      GraphBuilder graph, Value input, Convolution weights, int padding, int stride) {
    int kernel = weights.kernel();
    String output =
        graph.add(
            "Conv",
            List.of(input.name(), weights.weightIn(graph), weights.biasIn(graph)),
            Attribute.of("kernel_shape", kernel, kernel),
            Attribute.of("strides", stride, stride),
            Attribute.of("pads", padding, padding, padding, padding));
    return new Value(output, weights.outputs(), (input.side() + 2 * padding - kernel) / stride + 1);
  }

  static Value relu(GraphBuilder graph, Value input) {
    return new Value(graph.add("Relu", List.of(input.name())), input.channels(), input.side());
  }
}
