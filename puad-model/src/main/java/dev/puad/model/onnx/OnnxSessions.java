package dev.puad.model.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.util.OptionalInt;

/** Opens models in ONNX Runtime, all in the same manner. */
public final class OnnxSessions {

  private OnnxSessions() {}

  /** The runtime, of which a JVM has one. */
  public static OrtEnvironment runtime() {
    // What goes wrong is thrown; the library is not to print it as well.
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
  }

  /** Whether the runtime's build computes on GPUs, of which the machine may have none. */
  public static boolean knowsGpus() {
    return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
  }

  /**
   * Opens a model; the caller closes it.
   *
   * @param threads of one run
   * @param gpu the number of a CUDA device; empty for the CPU
   * @throws OrtException if the model cannot be read or the device cannot be used
   */
  public static OrtSession open(byte[] model, int threads, OptionalInt gpu) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      // Threads that spin between the runs would take the cores from other tasks and from ND4J.
      options.addConfigEntry("session.force_spinning_stop", "1");
      // Of batches of two sizes the larger one's memory would stay.
      options.setMemoryPatternOptimization(false);
      if (gpu.isPresent()) {
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(gpu.getAsInt())) {
          // Else products are rounded to 10 bits, and an algorithm is chosen by how fast it just
          // was.
          cuda.add("use_tf32", "0");
          cuda.add("cudnn_conv_algo_search", "HEURISTIC");
          options.addCUDA(cuda);
        }
      }
      return runtime().createSession(model, options);
    }
  }
}
