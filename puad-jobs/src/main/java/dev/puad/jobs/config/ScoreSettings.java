package dev.puad.jobs.config;

import dev.puad.model.detect.GraphVariant;
import java.util.ArrayList;
import java.util.List;

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

  public ScoreSettings {
    Check.positive("score.batch", batch);
    Check.fraction("score.max-reject-rate", maxRejectRate);
    List<String> graphs = new ArrayList<>(GraphVariant.names());
    graphs.add(AUTO);
    Check.oneOf("score.graph", graph, graphs);
    Check.notNegative("score.graph-batch", graphBatch);
    Check.positive("score.gpu-bytes", gpuBytes);
  }
}
