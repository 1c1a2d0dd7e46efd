package dev.puad.model.network;

import dev.puad.model.network.FeatureLoss.Target;
import dev.puad.model.weights.StateDict;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * A teacher as it is distilled (EfficientAD section 3.1 and appendix): a PDN whose outputs are to
 * be a backbone's features; the loss is their mean squared difference. No weight depends on the
 * size of images, nor on whether they are padded.
 */
public final class DistillationNetwork implements AutoCloseable {

  private static final String IMAGE = "image";
  private static final String LOSS = "loss";

  private final ComputationGraph graph;
  private final Architecture architecture;

  private DistillationNetwork(ComputationGraph graph, Architecture architecture) {
    this.graph = graph;
    this.architecture = architecture;
  }

  /**
   * How Adam changes the weights.
   *
   * @param learningRate until {@link #learningRate(double)} says otherwise
   * @param l2 the weight decay added to every gradient, biases included
   */
  public record Optimizer(double learningRate, double l2) {}

  /**
   * The official code's: padded, to S/4 × S/4 positions, with PyTorch's default weights, drawn from
   * the seed.
   */
  public static DistillationNetwork official(
      Architecture architecture, Optimizer optimizer, long seed) {
    DistillationNetwork network = create(architecture, Layers.Padding.ZEROS, optimizer);
    Weights.uniform(network.graph, seed);
    return network;
  }

  /**
   * Without padding, as teachers are used, to S/4 - 8 × S/4 - 8 positions: orthogonal filters,
   * drawn from the seed and scaled so that every layer draws unit variance, and zero biases.
   *
   * @param images some of [3, S, S], normalised, to scale by
   * @param size S, a multiple of 4
   */
  public static DistillationNetwork unitVariance(
      Architecture architecture, Optimizer optimizer, long seed, float[][] images, int size) {
    DistillationNetwork network = create(architecture, Layers.Padding.NONE, optimizer);
    Weights.orthogonal(network.graph, seed);
    try (INDArray batch = RowMajor.batch(images, 3, size)) {
      Weights.unitVariance(network.graph, batch);
    }
    return network;
  }

  /** Reads what {@link #bytes()} wrote. */
  public static DistillationNetwork read(Architecture architecture, byte[] bytes) {
    return new DistillationNetwork(GraphFile.read("distillation", bytes), architecture);
  }

  /** This network and its updater's state as a DL4J model zip. */
  public byte[] bytes() {
    return GraphFile.parametersAndUpdaterOf(graph);
  }

  /** The graph that Deeplearning4j trains; it stays this network's to close. */
  public ComputationGraph graph() {
    return graph;
  }

  /** Sets Adam's learning rate, from the next step on. */
  public void learningRate(double rate) {
    if (graph.getLearningRate(Layers.TEACHER_HEAD) != rate) {
      graph.setLearningRate(rate);
    }
  }

  /** The weights by the names of the official PDN. */
  public StateDict teacher() {
    return OfficialNames.teacher(architecture).save("the teacher", graph);
  }

  /**
   * One minibatch of B images.
   *
   * @param images B of [3, S, S], normalised
   * @param size S, a multiple of 4
   * @param features B of [C, side, side]: what the teacher is to say of them
   * @param side of its output, in positions
   */
  public static MultiDataSet minibatch(float[][] images, int size, float[][] features, int side) {
    int channels = features[0].length / (side * side);
    return new MultiDataSet(
        new INDArray[] {RowMajor.batch(images, 3, size)},
        new INDArray[] {RowMajor.batch(features, channels, side)});
  }

  @Override
  public void close() {
    GraphMemory.free(graph);
  }

  private static DistillationNetwork create(
      Architecture architecture, Layers.Padding padding, Optimizer optimizer) {
    GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .updater(new TorchAdam(optimizer.learningRate()))
            .l2(optimizer.l2())
            .l2Bias(optimizer.l2())
            .miniBatch(false)
            .graphBuilder()
            .addInputs(IMAGE);
    String trunk = Layers.trunk(builder, architecture.descriptor(), padding, Layers.TEACHER, IMAGE);
    Layers.head(
        builder,
        architecture.descriptor(),
        architecture.channels(),
        padding,
        Layers.TEACHER_HEAD,
        trunk);
    builder.addLayer(LOSS, FeatureLoss.of(0, Target.LABELS), Layers.TEACHER_HEAD).setOutputs(LOSS);
    ComputationGraph graph = new ComputationGraph(builder.build());
    graph.init();
    return new DistillationNetwork(graph, architecture);
  }
}
