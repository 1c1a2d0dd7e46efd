package dev.puad.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {

  record Result(double auroc, String name) {}

  @Test
  void writesWhatIsUndefinedAsNull() {
    assertThat(Json.line(Arrays.asList(Double.NaN, Float.POSITIVE_INFINITY, null, 0.5)))
        .isEqualTo("[null,null,null,0.5]");
  }

  @Test
  void writesRecords() {
    assertThat(Json.line(List.of(new Result(Double.NaN, "x"), new Result(1, "瓶"))))
        .isEqualTo("[{\"auroc\":null,\"name\":\"x\"},{\"auroc\":1.0,\"name\":\"瓶\"}]");
  }

  @Test
  void writesAFloatWithItsOwnDigits() {
    assertThat(Json.line(0.1f)).isEqualTo("0.1");
  }
}
