package dev.puad.jobs.config;

import dev.puad.model.detect.Device;
import dev.puad.model.detect.GraphVariant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a folder is scored.
 *
 * @param batch images of one commit
 * @param maxRejectRate rejected fraction of the images, in [0, 1], above which a run exits with 4
 * @param maxUnmatchedRate fraction of the images found, in [0, 1], that may be of no category with
 *     a bundle before a run exits with 4
 * @param graph the graph that scores, or {@link #AUTO} for the one that suits the executors
 * @param device where networks compute, or {@link #AUTO} for GPUs where executors have them
 * @param graphBatch images of one inference; 0: as many as suit the executors
 * @param batchBytes for the activations of one inference, or of all that run on a GPU at a time
 * @param modelsBytes that the models open in an executor are to take at most
 */
public record ScoreSettings(
    int batch,
    double maxRejectRate,
    double maxUnmatchedRate,
    String graph,
    String device,
    int graphBatch,
    long batchBytes,
    long modelsBytes) {

  /** Leaves the choice to what executors run on. */
  public static final String AUTO = "auto";

  public ScoreSettings {
    Check.positive("score.batch", batch);
    Check.fraction("score.max-reject-rate", maxRejectRate);
    Check.fraction("score.max-unmatched-rate", maxUnmatchedRate);
    Check.oneOf("score.graph", graph, orAuto(GraphVariant.names()));
    Check.oneOf("score.device", device, orAuto(Device.Kind.names()));
    Check.notNegative("score.graph-batch", graphBatch);
    Check.positive("score.batch-bytes", batchBytes);
    Check.positive("score.models-bytes", modelsBytes);
  }

  /** The graph that was chosen; empty for the one that suits the executors. */
  public Optional<GraphVariant> chosenGraph() {
    return graph.equals(AUTO) ? Optional.empty() : Optional.of(GraphVariant.named(graph));
  }

  /** The kind of device that was chosen; empty for what suits the executors. */
  public Optional<Device.Kind> chosenDevice() {
    return device.equals(AUTO) ? Optional.empty() : Optional.of(Device.Kind.named(device));
  }

  private static List<String> orAuto(List<String> names) {
    List<String> choices = new ArrayList<>(names);
    choices.add(AUTO);
    return choices;
  }
}
