package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExecutorTeachersTest {

  private static final long BUDGET = 1000;

  private final UUID id = UUID.randomUUID();
  private final FirstComeCache<ExecutorTeachers.Image, float[]> first =
      ExecutorTeachers.descriptions(id, BUDGET);

  @AfterEach
  void release() {
    ExecutorTeachers.release(id);
  }

  /** A training's broadcast may be read again, and its id with it. */
  @Test
  void descriptionsAreKeptForEveryCopyOfATrainingsId() {
    UUID copy = UUID.fromString(id.toString());
    assertThat(ExecutorTeachers.descriptions(copy, BUDGET)).isSameAs(first);
  }

  @Test
  void descriptionsAreForgottenWhenATrainingIsReleased() {
    ExecutorTeachers.release(id);
    assertThat(ExecutorTeachers.descriptions(id, BUDGET)).isNotSameAs(first);
  }

  @Test
  void anotherTrainingTakesTheirPlace() {
    UUID other = UUID.randomUUID();
    assertThat(ExecutorTeachers.descriptions(other, BUDGET)).isNotSameAs(first);
    assertThat(ExecutorTeachers.descriptions(id, BUDGET)).isNotSameAs(first);
  }

  @Test
  void releasingAnotherTrainingLeavesThem() {
    ExecutorTeachers.release(UUID.randomUUID());
    assertThat(ExecutorTeachers.descriptions(id, BUDGET)).isSameAs(first);
  }
}
