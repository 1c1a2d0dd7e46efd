package dev.puad.jobs.train;

import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.UUID;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The teachers that an executor has open, and what they said of images: those of one training at a
 * time. Teachers are loaded once a concurrent task, not once a round: a task borrows one and gives
 * it back when it ends.
 *
 * <p>All of it lives until {@link #release}, which the driver can call in its own JVM only, or
 * until a task of another training takes its place.
 */
final class ExecutorTeachers {

  private static final Deque<TeacherNetwork> IDLE = new ArrayDeque<>();
  private static UUID training;

  /** Of {@link #training}; null before its first task wants it. */
  private static FirstComeCache<Image, float[]> descriptions;

  private ExecutorTeachers() {}

  /** An image by the worker that trains on it and its index in that worker's shard. */
  record Image(int worker, int index) {}

  /** A teacher for the running task alone. */
  static TeacherNetwork borrow(UUID id, Architecture architecture, byte[] bytes) {
    TeacherNetwork teacher = take(id);
    TeacherNetwork borrowed = teacher == null ? TeacherNetwork.read(architecture, bytes) : teacher;
    TaskContext.get()
        .addTaskCompletionListener((TaskCompletionListener) context -> giveBack(id, borrowed));
    return borrowed;
  }

  /**
   * The descriptions that this JVM keeps for a training.
   *
   * @param budget in bytes, counted the first time
   */
  static synchronized FirstComeCache<Image, float[]> descriptions(UUID id, long budget) {
    turnTo(id);
    if (descriptions == null) {
      descriptions =
          new FirstComeCache<>(budget, description -> (long) Float.BYTES * description.length);
    }
    return descriptions;
  }

  /** Closes the idle teachers of a training in this JVM, and forgets what they said. */
  static synchronized void release(UUID id) {
    if (id.equals(training)) {
      turnTo(null);
    }
  }

  private static synchronized TeacherNetwork take(UUID id) {
    turnTo(id);
    return IDLE.poll();
  }

  private static void turnTo(UUID id) {
    if (!Objects.equals(id, training)) {
      IDLE.forEach(TeacherNetwork::close);
      IDLE.clear();
      descriptions = null;
      training = id;
    }
  }

  private static synchronized void giveBack(UUID id, TeacherNetwork teacher) {
    if (id.equals(training)) {
      IDLE.push(teacher);
    } else {
      teacher.close();
    }
  }
}
