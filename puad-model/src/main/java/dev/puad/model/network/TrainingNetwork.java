package dev.puad.model.network;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Student and autoencoder as they train (EfficientAD sections 3.2 and 3.3): one graph, one loss.
 *
 * <p>The loss is L = L_hard + L_AE + L_STAE, with x an image, x′ its colour-jittered copy, T the
 * normalised teacher, S and S′ the halves of the student and A the autoencoder:
 *
 * <ul>
 *   <li>L_hard: the mean of the hardest 0.1 % of (T(x) − S(x))²,
 *   <li>L_AE: the mean of (T(x′) − A(x′))²,
 *   <li>L_STAE: the mean of (A(x′) − S′(x′))², not detached: it trains the autoencoder too.
 * </ul>
 *
 * <p>The student sees x and x′ stacked along the batch, so that its trunk has one set of weights;
 * its last convolution is two heads, since each input needs one half of the channels only.
 */
public final class TrainingNetwork implements AutoCloseable {

  /** EfficientAD's share of differences that are not hard. */
  private static final double HARD_QUANTILE = 0.999;

  private final ComputationGraph graph;
  private final Architecture architecture;

  private TrainingNetwork(ComputationGraph graph, Architecture architecture) {
    this.graph = graph;
    this.architecture = architecture;
  }

  /** An untrained network; the same seed gives the same parameters. */
  public static TrainingNetwork create(Architecture architecture, long seed) {
    return create(configuration(architecture, DataType.FLOAT), architecture, seed);
  }

  /** The same with the penalty term: the mean of S(p)² of natural images p. */
  public static TrainingNetwork createWithPenalty(Architecture architecture, long seed) {
    return create(penaltyConfiguration(architecture, DataType.FLOAT), architecture, seed);
  }

  private static TrainingNetwork create(
      ComputationGraphConfiguration configuration, Architecture architecture, long seed) {
    ComputationGraph graph = new ComputationGraph(configuration);
    graph.init();
    Weights.uniform(graph, seed);
    return new TrainingNetwork(graph, architecture);
  }

  /** Reads what {@link #bytes()} wrote. */
  public static TrainingNetwork read(Architecture architecture, byte[] bytes) {
    return new TrainingNetwork(GraphFile.read("training", bytes), architecture);
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
    if (graph.getLearningRate(Layers.LOCAL_HEAD) != rate) {
      graph.setLearningRate(rate);
    }
  }

  /** The part that scores, with a copy of the parameters; the caller closes it. */
  public DetectionNetwork detection() {
    return DetectionNetwork.of(architecture, graph);
  }

  /** A flat copy of every parameter. */
  public float[] parameters() {
    return RowMajor.floats(graph.params());
  }

  /**
   * One minibatch of B images.
   *
   * @param images B of [3, S, S], normalised
   * @param augmented the same images after colour jitter
   * @param penalty B of [3, S, S], normalised; empty where the network has no penalty term
   * @param described the normalised teacher's outputs for {@code images}, B of [C, s, s]
   * @param augmentedDescribed the same for {@code augmented}
   */
  public static MultiDataSet minibatch(
      Architecture architecture,
      float[][] images,
      float[][] augmented,
      float[][] penalty,
      float[][] described,
      float[][] augmentedDescribed) {
    int size = architecture.imageSize();
    int channels = architecture.channels();
    int side = architecture.outputSize();
    INDArray zero = Nd4j.zeros(images.length, channels, side, side);
    if (penalty.length > 0) {
      return new MultiDataSet(
          new INDArray[] {
            batch(images, 3, size), batch(augmented, 3, size), batch(penalty, 3, size)
          },
          new INDArray[] {
            batch(described, channels, side),
            batch(augmentedDescribed, channels, side),
            zero,
            Nd4j.zeros(images.length, channels, side, side)
          });
    }
    return new MultiDataSet(
        new INDArray[] {batch(images, 3, size), batch(augmented, 3, size)},
        new INDArray[] {
          batch(described, channels, side), batch(augmentedDescribed, channels, side), zero
        });
  }

  @Override
  public void close() {
    graph.close();
  }

  static ComputationGraphConfiguration configuration(Architecture architecture, DataType type) {
    Architecture.Recipe recipe = architecture.recipe();
    GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .dataType(type)
            .updater(new Adam(recipe.learningRate()))
            .l2(recipe.l2())
            .l2Bias(recipe.l2())
            .miniBatch(false)
            .graphBuilder()
            .addInputs("image", "augmented")
            .addVertex("both", new StackVertex(), "image", "augmented");
    String trunk = Layers.trunk(builder, architecture, Layers.STUDENT, "both");
    builder.addVertex("image.trunk", new UnstackVertex(0, 2), trunk);
    builder.addVertex("augmented.trunk", new UnstackVertex(1, 2), trunk);
    Layers.head(builder, architecture, Layers.LOCAL_HEAD, "image.trunk");
    Layers.head(builder, architecture, Layers.GLOBAL_HEAD, "augmented.trunk");
    String autoencoder = Layers.autoencoder(builder, architecture, "augmented");
    return builder
        .addVertex(
            "difference",
            new ElementWiseVertex(ElementWiseVertex.Op.Subtract),
            autoencoder,
            Layers.GLOBAL_HEAD)
        .addLayer("loss.hard", loss(HARD_QUANTILE), Layers.LOCAL_HEAD)
        .addLayer("loss.autoencoder", loss(0), autoencoder)
        .addLayer("loss.student-autoencoder", loss(0), "difference")
        .setOutputs("loss.hard", "loss.autoencoder", "loss.student-autoencoder")
        .build();
  }

  static ComputationGraphConfiguration penaltyConfiguration(
      Architecture architecture, DataType type) {
    Architecture.Recipe recipe = architecture.recipe();
    GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .dataType(type)
            .updater(new Adam(recipe.learningRate()))
            .l2(recipe.l2())
            .l2Bias(recipe.l2())
            .miniBatch(false)
            .graphBuilder()
            .addInputs("image", "augmented", "penalty")
            .addVertex("all", new StackVertex(), "image", "augmented", "penalty");
    String trunk = Layers.trunk(builder, architecture, Layers.STUDENT, "all");
    builder.addVertex("image.trunk", new UnstackVertex(0, 3), trunk);
    builder.addVertex("augmented.trunk", new UnstackVertex(1, 3), trunk);
    builder.addVertex("penalty.trunk", new UnstackVertex(2, 3), trunk);
    builder.addVertex("local.trunk", new StackVertex(), "image.trunk", "penalty.trunk");
    Layers.head(builder, architecture, Layers.LOCAL_HEAD, "local.trunk");
    builder.addVertex("image.local", new UnstackVertex(0, 2), Layers.LOCAL_HEAD);
    builder.addVertex("penalty.local", new UnstackVertex(1, 2), Layers.LOCAL_HEAD);
    Layers.head(builder, architecture, Layers.GLOBAL_HEAD, "augmented.trunk");
    String autoencoder = Layers.autoencoder(builder, architecture, "augmented");
    return builder
        .addVertex(
            "difference",
            new ElementWiseVertex(ElementWiseVertex.Op.Subtract),
            autoencoder,
            Layers.GLOBAL_HEAD)
        .addLayer("loss.hard", loss(HARD_QUANTILE), "image.local")
        .addLayer("loss.autoencoder", loss(0), autoencoder)
        .addLayer("loss.student-autoencoder", loss(0), "difference")
        .addLayer("loss.penalty", loss(0), "penalty.local")
        .setOutputs("loss.hard", "loss.autoencoder", "loss.student-autoencoder", "loss.penalty")
        .build();
  }

  private static CnnLossLayer loss(double quantile) {
    return new CnnLossLayer.Builder()
        .lossFunction(new HardFeatureLoss(quantile))
        .activation(new ActivationIdentity())
        .build();
  }

  private static INDArray batch(float[][] examples, int channels, int side) {
    float[] flat = new float[examples.length * channels * side * side];
    for (int i = 0; i < examples.length; i++) {
      System.arraycopy(examples[i], 0, flat, i * examples[i].length, examples[i].length);
    }
    return Nd4j.createFromArray(flat).reshape('c', examples.length, channels, side, side);
  }
}
