package dev.puad.model.onnx;

import dev.puad.model.network.Architecture;
import dev.puad.model.onnx.Convolutions.Term;
import dev.puad.model.onnx.Convolutions.Then;
import dev.puad.model.onnx.GraphBuilder.Attribute;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Draws EfficientAD into a graph: an image of bytes in, two anomaly maps and the pooled features
 * out.
 *
 * <p>It is drawn as it scores. The student's halves are never there by themselves, but in their
 * difference to the teacher and the autoencoder; and the features, which are means of a convolution
 * over all positions, are that convolution of its input's means.
 */
public final class NetworkGraph {

  private final GraphBuilder graph;
  private final FoldedNetworks networks;
  private final Architecture architecture;
  private final Convolutions convolutions;

  private NetworkGraph(GraphBuilder graph, FoldedNetworks networks, Convolutions convolutions) {
    this.graph = graph;
    this.networks = networks;
    this.architecture = networks.architecture();
    this.convolutions = convolutions;
  }

  /** How convolutions are computed. */
  public enum Style {
    /** By ONNX's own operator. */
    PLAIN,
    /** By Winograd's minimal filtering, in standard operators: fewer products, more memory. */
    WINOGRAD
  }

  /** Whose output over all positions is averaged to features. */
  public enum Pooled {
    STUDENT,
    TEACHER
  }

  /**
   * The names of the values.
   *
   * @param student the local map, [N, 1, s, s]
   * @param autoencoder the global map, [N, 1, s, s]
   * @param features doubles [N, C]
   */
  public record Drawn(String student, String autoencoder, String features) {}

  /**
   * Draws the networks.
   *
   * @param image the name of an input of bytes, [N, S, S, 3]
   */
  public static Drawn draw(
      GraphBuilder graph, String image, FoldedNetworks networks, Style style, Pooled pooled) {
    Convolutions convolutions =
        switch (style) {
          case PLAIN -> new PlainConvolutions();
          case WINOGRAD -> new WinogradConvolutions();
        };
    return new NetworkGraph(graph, networks, convolutions).draw(image, pooled);
  }

  private Drawn draw(String image, Pooled pooled) {
    Value centred = centred(image);
    int last = architecture.descriptor().size();
    Value teacher = trunk(centred, architecture.descriptor(), FoldedNetworks::teacher);
    Value student = trunk(centred, architecture.student(), FoldedNetworks::student);
    Convolution teacherHead = networks.convolution(FoldedNetworks.teacher(last));
    Convolution localHead = networks.convolution(FoldedNetworks.LOCAL);
    Term local = new Term(student, localHead, 0);
    Term global = new Term(student, networks.convolution(FoldedNetworks.GLOBAL), 0);
    Value studentMap =
        convolutions.meanSquaredDifference(graph, new Term(teacher, teacherHead, 0), local);
    Value autoencoderMap = convolutions.meanSquaredDifference(graph, autoencoder(centred), global);
    String features =
        switch (pooled) {
          case STUDENT -> pooled(student, localHead);
          case TEACHER -> pooled(teacher, teacherHead);
        };
    return new Drawn(studentMap.name(), autoencoderMap.name(), features);
  }

  /** Bytes [N, S, S, 3] to floats [N, 3, S, S] about the mean pixel. */
  private Value centred(String image) {
    String floats = graph.toFloats(image);
    String planes = graph.add("Transpose", List.of(floats), Attribute.of("perm", 0, 3, 1, 2));
    float[] mean = new float[FoldedNetworks.PIXEL_MEAN.length];
    for (int c = 0; c < mean.length; c++) {
      mean[c] = (float) FoldedNetworks.PIXEL_MEAN[c];
    }
    String name = graph.constant("pixel.mean", mean, 1, mean.length, 1, 1);
    return new Value(
        graph.add("Sub", List.of(planes, name)), mean.length, architecture.imageSize());
  }

  /** All of a PDN but its last convolution. */
  private Value trunk(Value image, List<Architecture.Block> blocks, IntFunction<String> names) {
    Value last = image;
    for (int i = 0; i < blocks.size() - 1; i++) {
      last =
          convolutions.convolve(
              graph,
              last,
              networks.convolution(names.apply(i + 1)),
              0,
              blocks.get(i).pooled() ? Then.RELU_AND_POOL : Then.RELU);
    }
    return last;
  }

  /** All of the autoencoder, its last convolution still to be computed. */
  private Term autoencoder(Value image) {
    Value last = image;
    int halvings = architecture.encoder().size();
    for (int i = 1; i <= halvings; i++) {
      Convolution halving = networks.convolution(FoldedNetworks.encoder(i));
      last = PlainConvolutions.relu(graph, PlainConvolutions.convolve(graph, last, halving, 1, 2));
    }
    last =
        PlainConvolutions.convolve(
            graph, last, networks.convolution(FoldedNetworks.encoder(halvings + 1)), 0, 1);
    int step = 1;
    for (int size : architecture.decoderSizes()) {
      last = decoded(resized(last, size), step, 2);
      step++;
    }
    last = decoded(resized(last, architecture.outputSize()), step, 1);
    return new Term(last, networks.convolution(FoldedNetworks.decoder(step + 1)), 1);
  }

  private Value decoded(Value input, int step, int padding) {
    return convolutions.convolve(
        graph, input, networks.convolution(FoldedNetworks.decoder(step)), padding, Then.RELU);
  }

  private Value resized(Value input, int side) {
    if (input.side() == side) {
      return input;
    }
    String resized = graph.resize(input.name(), graph.list(input.channels(), side, side));
    return new Value(resized, input.channels(), side);
  }

  /**
   * The means over all positions of an unpadded convolution: doubles [N, C].
   *
   * <p>In float32 they would be off by 1e-7, and a Mahalanobis distance from a Gaussian of few
   * images by a thousand times as much.
   */
  private String pooled(Value input, Convolution weights) {
    int side = input.side();
    int kernel = weights.kernel();
    double[] windows = new double[side * kernel];
    for (int x = 0; x < side; x++) {
      for (int k = 0; k < kernel; k++) {
        windows[x * kernel + k] = x >= k && x <= side - kernel + k ? 1.0 / (side - kernel + 1) : 0;
      }
    }
    String columns = graph.constant("windows", windows, side, kernel);
    String rows = graph.add("Transpose", List.of(columns), Attribute.of("perm", 1, 0));
    String means =
        graph.add(
            "MatMul",
            List.of(rows, graph.add("MatMul", List.of(graph.toDoubles(input.name()), columns))));
    long filter = (long) weights.inputs() * kernel * kernel;
    String filters =
        graph.add(
            "Transpose",
            List.of(graph.reshape(weights.weightIn(graph), weights.outputs(), filter)),
            Attribute.of("perm", 1, 0));
    String convolved =
        graph.add("MatMul", List.of(graph.reshape(means, -1, filter), graph.toDoubles(filters)));
    return graph.add("Add", List.of(convolved, graph.toDoubles(weights.biasIn(graph))));
  }
}
