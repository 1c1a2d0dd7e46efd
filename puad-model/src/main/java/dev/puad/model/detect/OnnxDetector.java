package dev.puad.model.detect;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.puad.model.network.Architecture;
import dev.puad.model.onnx.OnnxSessions;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;

/** ONNX Runtime with one session, which all threads share. */
final class OnnxDetector implements Detector {

  private static final Set<String> OUTPUTS =
      new LinkedHashSet<>(
          List.of(ScoringGraph.STUDENT_MAP, ScoringGraph.AUTOENCODER_MAP, ScoringGraph.FEATURES));

  private final Architecture architecture;
  private final OrtSession session;

  /** Direct memory is given back by the garbage collector alone, so it is used again. */
  private final ConcurrentLinkedDeque<ByteBuffer> idle = new ConcurrentLinkedDeque<>();

  private OnnxDetector(Architecture architecture, OrtSession session) {
    this.architecture = architecture;
    this.session = session;
  }

  /** Opens a model of the outputs that an analysis is made of. */
  static OnnxDetector open(Architecture architecture, byte[] model, Device device) {
    try {
      return new OnnxDetector(
          architecture, OnnxSessions.open(model, device.threads(), device.gpu()));
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot open the model on " + device, e);
    }
  }

  @Override
  public List<Analysis> analyze(List<byte[]> images) {
    int side = architecture.imageSize();
    ByteBuffer pixels = pixels(images.size() * architecture.imageLength());
    images.forEach(pixels::put);
    long[] shape = {images.size(), side, side, 3};
    try (OnnxTensor tensor =
            OnnxTensor.createTensor(
                OnnxSessions.runtime(), pixels.flip(), shape, OnnxJavaType.UINT8);
        OrtSession.Result result = session.run(Map.of(ScoringGraph.IMAGE, tensor), OUTPUTS)) {
      FloatBuffer student = floats(result, ScoringGraph.STUDENT_MAP);
      FloatBuffer autoencoder = floats(result, ScoringGraph.AUTOENCODER_MAP);
      DoubleBuffer features =
          ((OnnxTensor) result.get(ScoringGraph.FEATURES).orElseThrow()).getDoubleBuffer();
      List<Analysis> analyses = new ArrayList<>(images.size());
      for (int i = 0; i < images.size(); i++) {
        double[] pooled = new double[architecture.channels()];
        features.get(pooled);
        analyses.add(
            new Analysis(
                next(student, architecture.positions()),
                next(autoencoder, architecture.positions()),
                pooled));
      }
      return analyses;
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    } finally {
      idle.push(pixels);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private ByteBuffer pixels(int length) {
    ByteBuffer free = idle.poll();
    return free == null || free.capacity() < length
        ? ByteBuffer.allocateDirect(length)
        : free.clear();
  }

  private static FloatBuffer floats(OrtSession.Result result, String output) {
    return ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
  }

  private static float[] next(FloatBuffer values, int count) {
    float[] next = new float[count];
    values.get(next);
    return next;
  }
}
