package dev.puad.model.network;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.MemoryWorkspaceManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The native memory of a graph. */
final class GraphMemory {

  private GraphMemory() {}

  /**
   * Frees what {@link ComputationGraph#close} frees: parameters, gradients, the updater's state,
   * and this thread's workspaces. But that collects the whole heap's garbage twice, which was a
   * third of a short training.
   */
  static void free(ComputationGraph graph) {
    Updater updater = graph.getUpdater(false);
    Stream.of(
            graph.params(),
            graph.getFlattenedGradients(),
            updater == null ? null : updater.getStateViewArray())
        .filter(Objects::nonNull)
        .map(GraphMemory::owner)
        .filter(DataBuffer::closeable)
        .forEach(DataBuffer::close);
    MemoryWorkspaceManager workspaces = Nd4j.getWorkspaceManager();
    for (MemoryWorkspace workspace : List.copyOf(workspaces.getAllWorkspacesForCurrentThread())) {
      workspaces.destroyWorkspace(workspace);
    }
  }

  /** Of a graph's parameters, for one, we only get a view. */
  private static DataBuffer owner(INDArray array) {
    DataBuffer original = array.data().originalDataBuffer();
    return original == null ? array.data() : original;
  }
}
