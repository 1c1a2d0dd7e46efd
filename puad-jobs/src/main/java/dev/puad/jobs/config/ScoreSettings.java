package dev.puad.jobs.config;

import dev.puad.model.detect.GraphVariant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a folder is scored.
 *
 * @param batch images of one commit
 * @param maxRejectRate rejected fraction of the images, in [0, 1], above which a run exits with 4
 * @param graph the graph that scores, or {@link #AUTO} for the one that suits the executors
 * @param graphBatch images of one inference; 0: as many as suit the executors
 * @param gpuBytes of a GPU's memory, for the activations of one batch
 */
public record ScoreSettings(
    int batch, double maxRejectRate, String graph, int graphBatch, long gpuBytes) {

  /** Leaves the choice of the graph to what executors run on. */
  public static final String AUTO = "auto";

  /** As many images as a task has. */
  private static final int LARGEST_BATCH = 32;

  public ScoreSettings {
    Check.positive("score.batch", batch);
    Check.fraction("score.max-reject-rate", maxRejectRate);
    List<String> graphs = new ArrayList<>(GraphVariant.names());
    graphs.add(AUTO);
    Check.oneOf("score.graph", graph, graphs);
    Check.between("score.graph-batch", graphBatch, 0, LARGEST_BATCH);
    Check.positive("score.gpu-bytes", gpuBytes);
  }

  /** The graph that was chosen; empty for the one that suits the executors. */
  public Optional<GraphVariant> chosenGraph() {
    return graph.equals(AUTO) ? Optional.empty() : Optional.of(GraphVariant.named(graph));
  }
}
