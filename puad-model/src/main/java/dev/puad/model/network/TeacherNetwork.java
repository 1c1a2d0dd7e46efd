package dev.puad.model.network;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The frozen teacher, a patch description network (EfficientAD section 3.1).
 *
 * <p>It is no part of the trained graph: its outputs enter that graph as labels, so it is never
 * broadcast, averaged or updated.
 */
public final class TeacherNetwork implements AutoCloseable {

  private static final String PREFIX = "teacher";
  private static final String OUTPUT = "teacher.output";

  private final ComputationGraph graph;
  private final Architecture architecture;

  private TeacherNetwork(ComputationGraph graph, Architecture architecture) {
    this.graph = graph;
    this.architecture = architecture;
  }

  /** A teacher with orthogonal random filters: enough to tell simple shapes apart. */
  public static TeacherNetwork random(Architecture architecture, long seed) {
    GraphBuilder builder = Layers.inference().addInputs("image");
    String trunk = Layers.trunk(builder, architecture, PREFIX, "image");
    Layers.head(builder, architecture, OUTPUT, trunk);
    ComputationGraph graph = new ComputationGraph(builder.setOutputs(OUTPUT).build());
    graph.init();
    Weights.orthogonal(graph, seed);
    return new TeacherNetwork(graph, architecture);
  }

  /** Reads what {@link #bytes()} wrote. */
  public static TeacherNetwork read(Architecture architecture, byte[] bytes) {
    return new TeacherNetwork(GraphFile.read("teacher", bytes), architecture);
  }

  /** This network as a DL4J model zip. */
  public byte[] bytes() {
    return GraphFile.parametersOf(graph);
  }

  /**
   * Describes one image.
   *
   * @param image [3, S, S], normalised
   * @return [C, s, s], raw: not yet normalised by the teacher's statistics
   */
  public float[] describe(float[] image) {
    int size = architecture.imageSize();
    try (INDArray input = Nd4j.createFromArray(image).reshape('c', 1, 3, size, size);
        INDArray output = graph.outputSingle(input)) {
      return RowMajor.floats(output);
    }
  }

  @Override
  public void close() {
    graph.close();
  }
}
