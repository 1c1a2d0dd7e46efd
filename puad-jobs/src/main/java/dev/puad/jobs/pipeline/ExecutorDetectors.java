package dev.puad.jobs.pipeline;

import dev.puad.model.BadInputException;
import dev.puad.model.detect.Detector;
import dev.puad.model.detect.Device;
import dev.puad.model.detect.PackedDetector;
import java.io.Serializable;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceInformation;

/** One detector an executor, for all tasks of a job; of a job's many models, as many as fit. */
public final class ExecutorDetectors {

  /** A detector takes up to a gigabyte, and a second or so to open. */
  private static final ExecutorShared<Detector> OPEN = new ExecutorShared<>(Duration.ofMinutes(1));

  private static final String GPU = "gpu";

  /** A CUDA device's number; of MIG instances and UUIDs ONNX Runtime knows nothing. */
  private static final Pattern NUMBER = Pattern.compile("\\d{1,4}");

  private ExecutorDetectors() {}

  /** A detector on its way to executors, for one job; closed by the driver when the job is done. */
  public record Sent(
      UUID job, Broadcast<PackedDetector> packed, Device.Kind kind, ExecutorShared.Space space)
      implements Serializable, AutoCloseable {

    /** Sends a detector out, to be opened on devices of that kind. */
    public static Sent of(JavaSparkContext context, PackedDetector packed, Device.Kind kind) {
      return of(context, packed, kind, Long.MAX_VALUE);
    }

    /** The same of one of several, which together are to take {@code room} bytes at most. */
    public static Sent of(
        JavaSparkContext context, PackedDetector packed, Device.Kind kind, long room) {
      return new Sent(
          UUID.randomUUID(),
          context.broadcast(packed),
          kind,
          new ExecutorShared.Space(packed.openBytes(), room));
    }

    /** The executor's detector, for the running task and others. */
    public Detector open() {
      return OPEN.borrow(job, space, () -> packed.value().open(device(TaskContext.get(), kind)));
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

  /** What Spark gave the task: its cores and, where it is to compute on one, its first GPU. */
  private static Device device(TaskContext task, Device.Kind kind) {
    return switch (kind) {
      case CPU -> Device.cpu(task.cpus());
      case GPU -> {
        ResourceInformation gpus = task.resourcesJMap().get(GPU);
        if (gpus == null || gpus.addresses().length == 0) {
          throw new IllegalStateException("Spark gave the task no GPU.");
        }
        yield new Device(task.cpus(), OptionalInt.of(number(gpus.addresses()[0])));
      }
    };
  }

  /**
   * The number of a GPU.
   *
   * @param address as the cluster's discovery script prints it
   * @throws BadInputException if it is none
   */
  static int number(String address) {
    if (!NUMBER.matcher(address).matches()) {
      throw new BadInputException(
          ("Cannot use GPU %s: ONNX Runtime wants a device's number, such as 0. Have the script of"
                  + " spark.worker.resource.gpu.discoveryScript print numbers, or set"
                  + " puad.score.device to cpu.")
              .formatted(address));
    }
    return Integer.parseInt(address);
  }
}
