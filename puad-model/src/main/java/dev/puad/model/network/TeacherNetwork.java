package dev.puad.model.network;

import dev.puad.model.BadInputException;
import dev.puad.model.weights.StateDict;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The frozen teacher, a patch description network (EfficientAD section 3.1).
 *
 * <p>It is no part of the trained graph: its outputs enter that graph as labels, so it is never
 * broadcast, averaged or updated.
 */
public final class TeacherNetwork implements AutoCloseable {

  private final ComputationGraph graph;
  private final Architecture architecture;

  private TeacherNetwork(ComputationGraph graph, Architecture architecture) {
    this.graph = graph;
    this.architecture = architecture;
  }

  /** A teacher with orthogonal random filters: enough to tell simple shapes apart. */
  public static TeacherNetwork random(Architecture architecture, long seed) {
    TeacherNetwork teacher = create(architecture, Layers.Padding.NONE);
    Weights.orthogonal(teacher.graph, seed);
    return teacher;
  }

  /**
   * A teacher with given weights.
   *
   * @param weights by the names of the official PDN ({@code conv1.weight} …) or of a sequential
   *     model ({@code 0.weight} …)
   * @throws BadInputException if a tensor is missing, superfluous, of another shape or not finite
   */
  public static TeacherNetwork of(Architecture architecture, StateDict weights) {
    return of(architecture, Layers.Padding.NONE, weights);
  }

  /**
   * The same with padded convolutions, as teachers are distilled: its output's side is a quarter of
   * the image's.
   */
  public static TeacherNetwork padded(Architecture architecture, StateDict weights) {
    return of(architecture, Layers.Padding.ZEROS, weights);
  }

  /** Reads what {@link #bytes()} wrote. */
  public static TeacherNetwork read(Architecture architecture, byte[] bytes) {
    return new TeacherNetwork(GraphFile.read("teacher", bytes), architecture);
  }

  /** This network as a DL4J model zip. */
  public byte[] bytes() {
    return GraphFile.parametersOf(graph);
  }

  /** The weights by the names of the official PDN. */
  public StateDict weights() {
    return OfficialNames.teacher(architecture).save("the teacher", graph);
  }

  /**
   * Describes one image.
   *
   * @param image [3, S, S], normalised
   * @return [C, s, s], raw: not yet normalised by the teacher's statistics
   */
  public float[] describe(float[] image) {
    int size = architecture.imageSize();
    try (INDArray input = RowMajor.array(image, 1, 3, size, size);
        INDArray output = graph.outputSingle(input)) {
      return RowMajor.floats(output);
    }
  }

  @Override
  public void close() {
    GraphMemory.free(graph);
  }

  private static TeacherNetwork of(
      Architecture architecture, Layers.Padding padding, StateDict weights) {
    TeacherNetwork teacher = create(architecture, padding);
    try {
      OfficialNames.teacher(architecture).load(weights, teacher.graph);
      return teacher;
    } catch (RuntimeException e) {
      teacher.close();
      throw e;
    }
  }

  private static TeacherNetwork create(Architecture architecture, Layers.Padding padding) {
    List<Architecture.Block> blocks = architecture.descriptor();
    GraphBuilder builder = Layers.inference().addInputs("image");
    String trunk = Layers.trunk(builder, blocks, padding, Layers.TEACHER, "image");
    Layers.head(builder, blocks, architecture.channels(), padding, Layers.TEACHER_HEAD, trunk);
    ComputationGraph graph = new ComputationGraph(builder.setOutputs(Layers.TEACHER_HEAD).build());
    graph.init();
    return new TeacherNetwork(graph, architecture);
  }
}
