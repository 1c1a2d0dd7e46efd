package dev.puad.jobs.pipeline;

import dev.puad.model.detect.Detector;
import dev.puad.model.detect.Device;
import dev.puad.model.detect.PackedDetector;
import java.io.Serializable;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.UUID;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceInformation;

/** One detector an executor, for all tasks of a job. */
public final class ExecutorDetectors {

  /** A detector takes up to a gigabyte, and a second or so to open. */
  private static final ExecutorShared<Detector> OPEN = new ExecutorShared<>(Duration.ofMinutes(1));

  private static final String GPU = "gpu";

  private ExecutorDetectors() {}

  /** A detector on its way to executors, for one job; closed by the driver when the job is done. */
  public record Sent(UUID job, Broadcast<PackedDetector> packed)
      implements Serializable, AutoCloseable {

    /** Sends a detector out. */
    public static Sent of(JavaSparkContext context, PackedDetector packed) {
      return new Sent(UUID.randomUUID(), context.broadcast(packed));
    }

    /** The executor's detector, for the running task and others. */
    public Detector open() {
      return OPEN.borrow(job, () -> packed.value().open(device(TaskContext.get())));
    }

    @Override
    public void close() {
      try {
        OPEN.release(job);
      } finally {
        packed.destroy();
      }
    }
  }

  /** What Spark gave the task: its cores, and its GPU where the cluster hands out GPUs. */
  static Device device(TaskContext task) {
    ResourceInformation gpus = task.resourcesJMap().get(GPU);
    return new Device(
        task.cpus(),
        gpus == null || gpus.addresses().length == 0
            ? OptionalInt.empty()
            : OptionalInt.of(Integer.parseInt(gpus.addresses()[0])));
  }
}
