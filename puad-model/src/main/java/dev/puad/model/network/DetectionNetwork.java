package dev.puad.model.network;

import dev.puad.model.weights.StateDict;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Student and autoencoder as they score: one image in, three descriptions out. */
public final class DetectionNetwork implements AutoCloseable {

  private final ComputationGraph graph;
  private final Architecture architecture;

  private DetectionNetwork(ComputationGraph graph, Architecture architecture) {
    this.graph = graph;
    this.architecture = architecture;
  }

  /**
   * What student and autoencoder say of an image, each [C, s, s].
   *
   * @param local the student's former half, which imitates the teacher
   * @param global the student's latter half, which imitates the autoencoder
   * @param autoencoder the autoencoder's output
   */
  public record Descriptions(float[] local, float[] global, float[] autoencoder) {}

  /** The detection half of a training network's parameters, copied. */
  static DetectionNetwork of(Architecture architecture, ComputationGraph training) {
    GraphBuilder builder = Layers.inference().addInputs("image");
    String trunk = Layers.studentTrunk(builder, architecture, "image");
    Layers.studentHead(builder, architecture, Layers.LOCAL_HEAD, trunk);
    Layers.studentHead(builder, architecture, Layers.GLOBAL_HEAD, trunk);
    String autoencoder = Layers.autoencoder(builder, architecture, "image");
    ComputationGraph graph =
        new ComputationGraph(
            builder.setOutputs(Layers.LOCAL_HEAD, Layers.GLOBAL_HEAD, autoencoder).build());
    graph.init();
    Weights.copy(training, graph);
    return new DetectionNetwork(graph, architecture);
  }

  /** Reads what {@link #bytes()} wrote. */
  public static DetectionNetwork read(Architecture architecture, byte[] bytes) {
    return new DetectionNetwork(GraphFile.read("detection", bytes), architecture);
  }

  /** This network as a DL4J model zip. */
  public byte[] bytes() {
    return GraphFile.parametersOf(graph);
  }

  /** The student's weights by the official names, the two heads as one convolution. */
  public StateDict student() {
    return OfficialNames.student(architecture).save("the student", graph);
  }

  /** The autoencoder's weights by the official names. */
  public StateDict autoencoder() {
    return OfficialNames.autoencoder(architecture).save("the autoencoder", graph);
  }

  /**
   * Describes one image.
   *
   * @param image [3, S, S], normalised
   */
  public Descriptions describe(float[] image) {
    int size = architecture.imageSize();
    try (INDArray input = RowMajor.array(image, 1, 3, size, size)) {
      INDArray[] outputs = graph.output(input);
      float[][] values = new float[outputs.length][];
      for (int i = 0; i < outputs.length; i++) {
        try (INDArray output = outputs[i]) {
          values[i] = RowMajor.floats(output);
        }
      }
      return new Descriptions(values[0], values[1], values[2]);
    }
  }

  @Override
  public void close() {
    GraphMemory.free(graph);
  }
}
