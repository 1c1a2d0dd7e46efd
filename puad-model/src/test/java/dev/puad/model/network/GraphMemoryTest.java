package dev.puad.model.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GraphMemoryTest {

  @Test
  void parametersGradientsAndTheUpdatersStateAreClosedAtOnce() {
    TrainingNetwork network = TrainingNetwork.create(Architecture.TINY, 1);
    ComputationGraph graph = network.graph();
    INDArray state = graph.getUpdater().getStateViewArray();

    network.close();

    assertThat(graph.params().wasClosed()).isTrue();
    assertThat(state.wasClosed()).isTrue();
    assertThat(graph.getFlattenedGradients() == null || graph.getFlattenedGradients().wasClosed())
        .isTrue();
  }

  @Test
  void noWorkspaceOfThisThreadIsLeft() {
    float[] image = new float[Architecture.TINY.imageLength()];
    try (TeacherNetwork teacher = TeacherNetwork.random(Architecture.TINY, 1)) {
      teacher.describe(image);
      assertThat(Nd4j.getWorkspaceManager().getAllWorkspacesForCurrentThread()).isNotEmpty();
    }

    assertThat(Nd4j.getWorkspaceManager().getAllWorkspacesForCurrentThread()).isEmpty();
  }
}
