package dev.puad.jobs.pipeline;

import dev.puad.model.detect.Detector;
import dev.puad.model.detect.PackedDetector;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/** A detector that lives as long as the task it is opened in: networks are not thread-safe. */
public final class TaskDetector {

  private TaskDetector() {}

  /** Opens a detector, closed when the running task ends, however it ends. */
  public static Detector open(PackedDetector packed) {
    Detector detector = packed.open();
    TaskContext.get()
        .addTaskCompletionListener((TaskCompletionListener) context -> detector.close());
    return detector;
  }
}
