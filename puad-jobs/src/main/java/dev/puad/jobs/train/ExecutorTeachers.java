package dev.puad.jobs.train;

import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.UUID;
import java.util.WeakHashMap;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The teachers that an executor has open: loaded once a concurrent task, not once a round. A task
 * borrows one and gives it back when it ends; a new training closes those of the one before.
 *
 * <p>What they said of images lies here too, see {@link #descriptions}.
 */
final class ExecutorTeachers {

  private static final Deque<TeacherNetwork> IDLE = new ArrayDeque<>();
  private static UUID training;

  private static final Map<UUID, DescriptionCache> DESCRIPTIONS = new WeakHashMap<>();

  private ExecutorTeachers() {}

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
   * @param id the instance that came with the training's broadcast: with the broadcast the cache
   *     goes too, also where nobody can call {@link #release}
   * @param budget in bytes, counted the first time
   */
  static synchronized DescriptionCache descriptions(UUID id, long budget) {
    return DESCRIPTIONS.computeIfAbsent(id, first -> new DescriptionCache(budget));
  }

  /** Closes the idle teachers of a training in this JVM, and forgets what they said. */
  static synchronized void release(UUID id) {
    DESCRIPTIONS.remove(id);
    if (id.equals(training)) {
      IDLE.forEach(TeacherNetwork::close);
      IDLE.clear();
      training = null;
    }
  }

  private static synchronized TeacherNetwork take(UUID id) {
    if (!id.equals(training)) {
      IDLE.forEach(TeacherNetwork::close);
      IDLE.clear();
      training = id;
    }
    return IDLE.poll();
  }

  private static synchronized void giveBack(UUID id, TeacherNetwork teacher) {
    if (id.equals(training)) {
      IDLE.push(teacher);
    } else {
      teacher.close();
    }
  }
}
