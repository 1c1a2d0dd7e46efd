package dev.puad.model.onnx;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ai.onnxruntime.OrtException;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class OnnxSessionsTest {

  @Test
  void aGpuThatTheBuildDoesNotKnowIsNotReplacedByTheCpu() {
    assumeFalse(OnnxSessions.knowsGpus(), "skipped: this build is for GPUs");

    assertThatExceptionOfType(OrtException.class)
        .isThrownBy(() -> OnnxSessions.open(new byte[0], 1, OptionalInt.of(0)))
        .withMessageContaining("CUDA");
  }
}
