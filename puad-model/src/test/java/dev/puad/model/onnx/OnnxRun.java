package dev.puad.model.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/** One run of a model in ONNX Runtime, with one thread. */
public final class OnnxRun {

  private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();

  /** An input of bytes. */
  public OnnxRun bytes(String name, byte[] values, long... shape) throws OrtException {
    ByteBuffer direct = ByteBuffer.allocateDirect(values.length).order(ByteOrder.nativeOrder());
    direct.put(values).flip();
    inputs.put(
        name, OnnxTensor.createTensor(OnnxSessions.runtime(), direct, shape, OnnxJavaType.UINT8));
    return this;
  }

  /** An input that is a list of whole numbers. */
  public OnnxRun list(String name, long... values) throws OrtException {
    inputs.put(
        name,
        OnnxTensor.createTensor(
            OnnxSessions.runtime(), LongBuffer.wrap(values), new long[] {values.length}));
    return this;
  }

  /** All outputs by name, in C order; doubles are narrowed. */
  public Map<String, float[]> of(byte[] model) throws OrtException {
    Map<String, float[]> outputs = new LinkedHashMap<>();
    try (OrtSession session = OnnxSessions.open(model, 1, OptionalInt.empty());
        OrtSession.Result result = session.run(inputs)) {
      for (Map.Entry<String, OnnxValue> output : result) {
        outputs.put(output.getKey(), floats((OnnxTensor) output.getValue()));
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
      inputs.clear();
    }
    return outputs;
  }

  private static float[] floats(OnnxTensor tensor) {
    if (tensor.getInfo().type == OnnxJavaType.FLOAT) {
      FloatBuffer values = tensor.getFloatBuffer();
      float[] copy = new float[values.remaining()];
      values.get(copy);
      return copy;
    }
    DoubleBuffer wide = tensor.getDoubleBuffer();
    float[] narrowed = new float[wide.remaining()];
    for (int i = 0; i < narrowed.length; i++) {
      narrowed[i] = (float) wide.get(i);
    }
    return narrowed;
  }
}
