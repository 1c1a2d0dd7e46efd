package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecutorDetectorsTest {

  @Test
  void theAddressOfAGpuIsItsNumber() {
    assertThat(ExecutorDetectors.number("0")).isZero();
    assertThat(ExecutorDetectors.number("15")).isEqualTo(15);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-1",
        "99999999999",
        "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6",
        "MIG-GPU-8932f937-d72c-4106-c12f-20bd9faed9f6/1/2"
      })
  void anAddressThatIsNoNumberIsRefused(String address) {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> ExecutorDetectors.number(address))
        .withMessage(
            ("Cannot use GPU %s: ONNX Runtime wants a device's number, such as 0. Have the script of"
                    + " spark.worker.resource.gpu.discoveryScript print numbers, or set"
                    + " puad.score.device to cpu.")
                .formatted(address));
  }
}
