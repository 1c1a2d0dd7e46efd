package dev.puad.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.junit.jupiter.api.Test;

class CommitRetryTest {

  private final AtomicInteger attempts = new AtomicInteger();

  @Test
  void aLostCommitIsTriedAgain() {
    CommitRetry.onConflict(
        "merging",
        () -> {
          switch (attempts.incrementAndGet()) {
            case 1 -> throw new IllegalStateException(new ValidationException("conflict"));
            case 2 -> throw new CommitFailedException("stale");
            default -> {}
          }
        });

    assertThat(attempts).hasValue(3);
  }

  @Test
  void anyOtherFailureIsNot() {
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                CommitRetry.onConflict(
                    "merging",
                    () -> {
                      attempts.incrementAndGet();
                      throw new IllegalStateException("broken");
                    }))
        .withMessage("broken");
    assertThat(attempts).hasValue(1);
  }
}
