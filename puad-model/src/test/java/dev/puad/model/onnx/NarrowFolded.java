package dev.puad.model.onnx;

import dev.puad.model.network.Architecture;
import dev.puad.model.network.DetectionNetwork;
import dev.puad.model.network.NarrowNetworks;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import java.util.Map;

/** Untrained narrow networks, folded, and the model of their plain graph. */
final class NarrowFolded {

  private static final Architecture ARCHITECTURE = NarrowNetworks.ARCHITECTURE;

  /** The teacher's statistics, of no image. */
  static final double[] MEAN = {0.1, -0.2, 0.3, 0, 0.5};

  static final double[] DEVIATION = {1, 2, 0.5, 1.5, 0.25};

  private NarrowFolded() {}

  static FoldedNetworks.Trained trained() {
    try (TeacherNetwork teacher = TeacherNetwork.random(ARCHITECTURE, 1);
        TrainingNetwork training = TrainingNetwork.create(ARCHITECTURE, 2);
        DetectionNetwork network = training.detection()) {
      return new FoldedNetworks.Trained(
          teacher.weights(), network.student(), network.autoencoder());
    }
  }

  static FoldedNetworks networks() {
    return FoldedNetworks.fold(ARCHITECTURE, trained(), MEAN, DEVIATION);
  }

  static byte[] model() {
    GraphBuilder graph = new GraphBuilder();
    int size = ARCHITECTURE.imageSize();
    NetworkGraph.Drawn drawn =
        NetworkGraph.draw(
            graph,
            graph.bytesInput("image", size, size, 3),
            networks(),
            NetworkGraph.Style.PLAIN,
            NetworkGraph.Pooled.STUDENT);
    int side = ARCHITECTURE.outputSize();
    graph.output("student_map", drawn.student(), 1, side, side);
    graph.output("autoencoder_map", drawn.autoencoder(), 1, side, side);
    graph.output("features", drawn.features(), ARCHITECTURE.channels());
    return graph.model(Map.of());
  }
}
