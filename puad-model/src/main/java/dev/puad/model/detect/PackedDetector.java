package dev.puad.model.detect;

import dev.puad.model.network.Architecture;
import dev.puad.model.network.DetectionNetwork;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import java.io.Serializable;

/**
 * A detector as it travels to executors: bytes, which each task opens for itself.
 *
 * @param architecture the networks' sizes
 * @param teacher the teacher as a DL4J model zip
 * @param network student and autoencoder as a DL4J model zip, without training state
 * @param statistics the teacher's statistics
 * @param source whose features are pooled
 */
public record PackedDetector(
    Architecture architecture,
    byte[] teacher,
    byte[] network,
    TeacherStatistics statistics,
    FeatureSource source)
    implements Serializable {

  /** The detector of a training network, which stays open. */
  public static PackedDetector of(
      Architecture architecture,
      byte[] teacher,
      TrainingNetwork training,
      TeacherStatistics statistics,
      FeatureSource source) {
    try (DetectionNetwork network = training.detection()) {
      return new PackedDetector(architecture, teacher, network.bytes(), statistics, source);
    }
  }

  /** Opens the networks; the caller closes them. */
  public Detector open() {
    TeacherNetwork opened = TeacherNetwork.read(architecture, teacher);
    try {
      return new Detector(opened, DetectionNetwork.read(architecture, network), statistics, source);
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }
}
