package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.config.UsageException;
import dev.puad.model.BadInputException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ErrorLineTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Test
  void badInputIsFoundWhereSparkWrappedIt() {
    Throwable wrapped =
        new IllegalStateException("Job aborted", new BadInputException("Cannot read x: empty."));

    assertThat(print(wrapped)).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(printed()).isEqualTo("puad: Cannot read x: empty.\n");
  }

  @Test
  void wrongConfigurationHasACodeOfItsOwn() {
    assertThat(print(new UsageException("Cannot set a."))).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aBugIsOneLineToo() {
    assertThat(print(new IllegalStateException("a\n  b"))).isEqualTo(ExitCode.BUG);
    assertThat(printed())
        .isEqualTo(
            "puad: internal error: java.lang.IllegalStateException: a b."
                + " Run again with --verbose for the stack trace.\n");
  }

  private int print(Throwable failure) {
    return ErrorLine.print(new PrintStream(bytes, true, StandardCharsets.UTF_8), failure);
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
