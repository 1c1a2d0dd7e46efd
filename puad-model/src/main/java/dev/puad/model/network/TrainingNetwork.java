package dev.puad.model.network;

import dev.puad.model.BadInputException;
import dev.puad.model.network.FeatureLoss.Target;
import dev.puad.model.weights.StateDict;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Student and autoencoder as they train (EfficientAD sections 3.2 and 3.3): one graph, one loss.
 *
 * <p>The loss is L = L_hard + L_penalty + L_AE + L_STAE, with x an image, x′ its colour-jittered
 * copy, p an image of another kind, T the normalised teacher, S and S′ the halves of the student
 * and A the autoencoder:
 *
 * <ul>
 *   <li>L_hard: the mean of the hardest 0.1 % of (T(x) − S(x))²,
 *   <li>L_penalty: the mean of S(p)², which keeps the student from imitating the teacher on what is
 *       not normal; a network may do without,
 *   <li>L_AE: the mean of (T(x′) − A(x′))²,
 *   <li>L_STAE: the mean of (A(x′) − S′(x′))², not detached: it trains the autoencoder too.
 * </ul>
 *
 * <p>The student sees x, p and x′ stacked along the batch, so that its trunk has one set of
 * weights; its last convolution is two heads, since each input needs one half of the channels only:
 * the same loss for 24 % less work.
 */
public final class TrainingNetwork implements AutoCloseable {

  /** EfficientAD's share of differences that are not hard. */
  private static final double HARD_QUANTILE = 0.999;

  private static final String IMAGE = "image";
  private static final String AUGMENTED = "augmented";
  private static final String PENALTY = "penalty";

  static final String HARD_LOSS = "loss.hard";
  static final String AUTOENCODER_LOSS = "loss.autoencoder";
  static final String STUDENT_AUTOENCODER_LOSS = "loss.student-autoencoder";
  static final String PENALTY_LOSS = "loss.penalty";

  private final ComputationGraph graph;
  private final Architecture architecture;

  private TrainingNetwork(ComputationGraph graph, Architecture architecture) {
    this.graph = graph;
    this.architecture = architecture;
  }

  /** The terms of the loss that a network trains with. */
  enum Terms {
    WITHOUT_PENALTY,
    WITH_PENALTY
  }

  /** An untrained network without the penalty term; the same seed gives the same parameters. */
  public static TrainingNetwork create(Architecture architecture, long seed) {
    return create(architecture, Terms.WITHOUT_PENALTY, seed);
  }

  /** An untrained network with the penalty term; the same seed gives the same parameters. */
  public static TrainingNetwork createWithPenalty(Architecture architecture, long seed) {
    return create(architecture, Terms.WITH_PENALTY, seed);
  }

  /**
   * A network with given weights, without the penalty term and as if no step had been taken.
   *
   * @param student by the names of the official PDN, the halves in one last convolution
   * @param autoencoder by the official names ({@code encoder.enconv1.weight} …)
   * @throws BadInputException if a tensor is missing, superfluous, of another shape or not finite
   */
  public static TrainingNetwork of(
      Architecture architecture, StateDict student, StateDict autoencoder) {
    return of(architecture, Terms.WITHOUT_PENALTY, student, autoencoder);
  }

  /** The same with the penalty term. */
  public static TrainingNetwork ofWithPenalty(
      Architecture architecture, StateDict student, StateDict autoencoder) {
    return of(architecture, Terms.WITH_PENALTY, student, autoencoder);
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

  /** The student's weights by the official names, the two heads as one convolution. */
  public StateDict student() {
    return OfficialNames.student(architecture).save("the student", graph);
  }

  /** The autoencoder's weights by the official names. */
  public StateDict autoencoder() {
    return OfficialNames.autoencoder(architecture).save("the autoencoder", graph);
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
   * @param penalty B images of another kind; none where the network has no penalty term
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
    INDArray image = RowMajor.batch(images, 3, size);
    INDArray jittered = RowMajor.batch(augmented, 3, size);
    INDArray teacher = RowMajor.batch(described, channels, side);
    INDArray jitteredTeacher = RowMajor.batch(augmentedDescribed, channels, side);
    // DL4J wants labels for every output; a loss against zero never looks at them.
    INDArray none = Nd4j.zeros(images.length, 1);
    if (penalty.length == 0) {
      return new MultiDataSet(
          new INDArray[] {image, jittered}, new INDArray[] {teacher, jitteredTeacher, none});
    }
    return new MultiDataSet(
        new INDArray[] {image, jittered, RowMajor.batch(penalty, 3, size)},
        new INDArray[] {teacher, jitteredTeacher, none, none});
  }

  @Override
  public void close() {
    GraphMemory.free(graph);
  }

  static ComputationGraphConfiguration configuration(
      Architecture architecture, Terms terms, DataType type) {
    Architecture.Recipe recipe = architecture.recipe();
    GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .dataType(type)
            .updater(new TorchAdam(recipe.learningRate()))
            .l2(recipe.l2())
            .l2Bias(recipe.l2())
            .miniBatch(false)
            .graphBuilder();
    switch (terms) {
      case WITHOUT_PENALTY -> studentOfTwo(builder, architecture);
      case WITH_PENALTY -> studentOfThree(builder, architecture);
    }
    String autoencoder = Layers.autoencoder(builder, architecture, AUGMENTED);
    builder
        .addVertex(
            "difference",
            new ElementWiseVertex(ElementWiseVertex.Op.Subtract),
            autoencoder,
            Layers.GLOBAL_HEAD)
        .addLayer(AUTOENCODER_LOSS, FeatureLoss.of(0, Target.LABELS), autoencoder)
        .addLayer(STUDENT_AUTOENCODER_LOSS, FeatureLoss.of(0, Target.ZERO), "difference");
    return switch (terms) {
      case WITHOUT_PENALTY ->
          builder.setOutputs(HARD_LOSS, AUTOENCODER_LOSS, STUDENT_AUTOENCODER_LOSS).build();
      case WITH_PENALTY ->
          builder
              .setOutputs(HARD_LOSS, AUTOENCODER_LOSS, STUDENT_AUTOENCODER_LOSS, PENALTY_LOSS)
              .build();
    };
  }

  private static void studentOfTwo(GraphBuilder builder, Architecture architecture) {
    builder.addInputs(IMAGE, AUGMENTED).addVertex("both", new StackVertex(), IMAGE, AUGMENTED);
    String trunk = Layers.studentTrunk(builder, architecture, "both");
    builder
        .addVertex("image.trunk", new UnstackVertex(0, 2), trunk)
        .addVertex("augmented.trunk", new UnstackVertex(1, 2), trunk);
    Layers.studentHead(builder, architecture, Layers.GLOBAL_HEAD, "augmented.trunk");
    Layers.studentHead(builder, architecture, Layers.LOCAL_HEAD, "image.trunk");
    builder.addLayer(HARD_LOSS, FeatureLoss.of(HARD_QUANTILE, Target.LABELS), Layers.LOCAL_HEAD);
  }

  private static void studentOfThree(GraphBuilder builder, Architecture architecture) {
    builder
        .addInputs(IMAGE, AUGMENTED, PENALTY)
        .addVertex("all", new StackVertex(), IMAGE, PENALTY, AUGMENTED);
    String trunk = Layers.studentTrunk(builder, architecture, "all");
    builder
        .addVertex("image.trunk", new UnstackVertex(0, 3), trunk)
        .addVertex("penalty.trunk", new UnstackVertex(1, 3), trunk)
        .addVertex("augmented.trunk", new UnstackVertex(2, 3), trunk)
        .addVertex("local.trunk", new StackVertex(), "image.trunk", "penalty.trunk");
    Layers.studentHead(builder, architecture, Layers.GLOBAL_HEAD, "augmented.trunk");
    Layers.studentHead(builder, architecture, Layers.LOCAL_HEAD, "local.trunk");
    builder
        .addVertex("image.local", new UnstackVertex(0, 2), Layers.LOCAL_HEAD)
        .addVertex("penalty.local", new UnstackVertex(1, 2), Layers.LOCAL_HEAD)
        .addLayer(HARD_LOSS, FeatureLoss.of(HARD_QUANTILE, Target.LABELS), "image.local")
        .addLayer(PENALTY_LOSS, FeatureLoss.of(0, Target.ZERO), "penalty.local");
  }

  private static TrainingNetwork create(Architecture architecture, Terms terms, long seed) {
    TrainingNetwork network = initialized(architecture, terms);
    Weights.uniform(network.graph, seed);
    return network;
  }

  private static TrainingNetwork initialized(Architecture architecture, Terms terms) {
    ComputationGraph graph =
        new ComputationGraph(configuration(architecture, terms, DataType.FLOAT));
    graph.init();
    return new TrainingNetwork(graph, architecture);
  }

  private static TrainingNetwork of(
      Architecture architecture, Terms terms, StateDict student, StateDict autoencoder) {
    TrainingNetwork network = initialized(architecture, terms);
    try {
      OfficialNames.student(architecture).load(student, network.graph);
      OfficialNames.autoencoder(architecture).load(autoencoder, network.graph);
      return network;
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }
}
