package dev.puad.model.detect;

import dev.puad.model.network.Architecture;
import dev.puad.model.network.DetectionNetwork;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import dev.puad.model.onnx.FoldedNetworks;
import dev.puad.model.onnx.NetworkGraph;

/**
 * The networks as Deeplearning4j trained them, ready to travel.
 *
 * @param architecture the networks' sizes
 * @param teacher the teacher as a DL4J model zip
 * @param network student and autoencoder as a DL4J model zip, without training state
 * @param statistics the teacher's statistics
 * @param source whose features are pooled
 */
public record PackedNetworks(
    Architecture architecture,
    byte[] teacher,
    byte[] network,
    TeacherStatistics statistics,
    FeatureSource source)
    implements PackedDetector {

  /** The networks that a training has, which stays open. */
  public static PackedNetworks of(
      Architecture architecture,
      byte[] teacher,
      TrainingNetwork training,
      TeacherStatistics statistics,
      FeatureSource source) {
    try (DetectionNetwork network = training.detection()) {
      return new PackedNetworks(architecture, teacher, network.bytes(), statistics, source);
    }
  }

  /** These networks as a graph computes them. */
  public PackedDetector detector(GraphVariant graph) {
    return switch (graph) {
      case DL4J -> this;
      case PLAIN, WINOGRAD ->
          new PackedGraph(
              architecture,
              ScoringGraph.uncalibrated(folded(), NetworkGraph.Style.PLAIN, source),
              graph.style(),
              source);
    };
  }

  @Override
  public long openBytes() {
    return teacher.length + network.length + 2 * architecture.activationBytes();
  }

  /** Opens the reference engine, which computes with as many threads as ND4J has. */
  @Override
  public Detector open(Device device) {
    return new Dl4jDetector(this);
  }

  /** The same networks with all normalisations folded in. */
  public FoldedNetworks folded() {
    try (Dl4jDetector.Networks networks = networks()) {
      return FoldedNetworks.fold(
          architecture,
          new FoldedNetworks.Trained(
              networks.teacher().weights(),
              networks.network().student(),
              networks.network().autoencoder()),
          statistics.mean(),
          statistics.standardDeviation());
    }
  }

  /** Opens the networks for one thread; the caller closes them. */
  Dl4jDetector.Networks networks() {
    TeacherNetwork opened = TeacherNetwork.read(architecture, teacher);
    try {
      return new Dl4jDetector.Networks(opened, DetectionNetwork.read(architecture, network));
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }
}
