package dev.puad.model.distill;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import dev.puad.model.BadInputException;
import dev.puad.model.onnx.OnnxSessions;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A pretrained network as an ONNX model: one input, float32 images of [N, 3, height, width], and
 * outputs of [N, channels, h, w], of which a teacher learns some.
 *
 * <p>May be used by several threads at once.
 */
public final class Backbone implements AutoCloseable {

  /** N, channels, height, width. */
  private static final int AXES = 4;

  private static final int RGB = 3;

  private final OrtSession session;
  private final String source;
  private final Input input;
  private final List<String> outputs;

  /** The model's input; networks are often exported for one image at a time. */
  private record Input(String name, boolean singly) {}

  private Backbone(OrtSession session, String source, Input input, List<String> outputs) {
    this.session = session;
    this.source = source;
    this.input = input;
    this.outputs = outputs;
  }

  /**
   * Opens a model.
   *
   * @param source where it comes from, for messages
   * @param outputs the names of those to use; all of them where none is named
   * @param threads of each run
   * @throws BadInputException if it is no ONNX model of one image input, or has no such outputs
   */
  public static Backbone open(byte[] onnx, String source, List<String> outputs, int threads) {
    ExternalData.firstOf(onnx)
        .ifPresent(
            file -> {
              throw new BadInputException(
                  ("Cannot use backbone %s: some of its values lie in %s. Export the network, values"
                          + " and all, as one file.")
                      .formatted(source, file));
            });
    try {
      OrtSession session = OnnxSessions.open(onnx, threads, OptionalInt.empty());
      try {
        return new Backbone(
            session, source, input(session, source), outputs(session, source, outputs));
      } catch (RuntimeException | OrtException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new BadInputException(
          "Cannot use backbone %s: ONNX Runtime cannot read it (%s). Give an ONNX model."
              .formatted(source, reason(e)),
          e);
    }
  }

  /** The names of the outputs in use. */
  public List<String> outputs() {
    return outputs;
  }

  /**
   * Describes a batch of images.
   *
   * @param images N of [3, size, size], scaled as the model wants them
   * @return the outputs in use, in their order
   * @throws BadInputException if the model cannot take images of this size, or an output is no [N,
   *     channels, h, w]
   */
  public List<FeatureMap> describe(float[][] images, int size) {
    if (!input.singly() || images.length == 1) {
      return run(images, size);
    }
    return FeatureMap.together(
        Arrays.stream(images).map(image -> run(new float[][] {image}, size)).toList());
  }

  private List<FeatureMap> run(float[][] images, int size) {
    FloatBuffer pixels = FloatBuffer.allocate(images.length * RGB * size * size);
    for (float[] image : images) {
      pixels.put(image);
    }
    pixels.rewind();
    long[] shape = {images.length, RGB, size, size};
    try (OnnxTensor tensor = OnnxTensor.createTensor(OnnxSessions.runtime(), pixels, shape);
        OrtSession.Result result =
            session.run(Map.of(input.name(), tensor), new LinkedHashSet<>(outputs))) {
      List<FeatureMap> maps = new ArrayList<>();
      for (String output : outputs) {
        maps.add(map(output, result, images.length));
      }
      return List.copyOf(maps);
    } catch (OrtException e) {
      throw new BadInputException(
          ("Cannot use backbone %s with %d images of %d px: %s. Choose another --backbone-size, or"
                  + " export the network for any number and size of images.")
              .formatted(source, images.length, size, reason(e)),
          e);
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

  private FeatureMap map(String output, OrtSession.Result result, int images) {
    OnnxValue value = result.get(output).orElseThrow();
    if (value instanceof OnnxTensor tensor && tensor.getInfo().type == OnnxJavaType.FLOAT) {
      long[] shape = tensor.getInfo().getShape();
      if (shape.length == AXES && shape[0] == images && tensor.getInfo().getNumElements() > 0) {
        float[] values = new float[Math.toIntExact(tensor.getInfo().getNumElements())];
        tensor.getFloatBuffer().get(values);
        return new FeatureMap((int) shape[1], (int) shape[2], (int) shape[3], values);
      }
    }
    throw new BadInputException(
        ("Cannot use output %s of backbone %s: it is %s, not float [%d, channels, height, width]."
                + " Choose others with --backbone-outputs.")
            .formatted(output, source, shown(value.getInfo()), images));
  }

  private static Input input(OrtSession session, String source) throws OrtException {
    Map<String, NodeInfo> inputs = session.getInputInfo();
    if (inputs.size() == 1) {
      NodeInfo only = inputs.values().iterator().next();
      if (only.getInfo() instanceof TensorInfo info
          && info.type == OnnxJavaType.FLOAT
          && info.getShape().length == AXES
          && (info.getShape()[1] == RGB || info.getShape()[1] < 0)) {
        return new Input(only.getName(), info.getShape()[0] == 1);
      }
    }
    throw new BadInputException(
        ("Cannot use backbone %s: its inputs are %s, not one of float [N, 3, height, width]. Export"
                + " the network so.")
            .formatted(
                source,
                inputs.values().stream()
                    .map(info -> info.getName() + " " + shown(info.getInfo()))
                    .collect(Collectors.joining(", "))));
  }

  private static List<String> outputs(OrtSession session, String source, List<String> wanted)
      throws OrtException {
    Set<String> known = session.getOutputInfo().keySet();
    for (String name : wanted) {
      if (!known.contains(name)) {
        throw new BadInputException(
            "Cannot use backbone %s: it has no output %s, only %s. Correct --backbone-outputs."
                .formatted(source, name, String.join(", ", known)));
      }
    }
    return wanted.isEmpty() ? List.copyOf(known) : List.copyOf(wanted);
  }

  /** ONNX Runtime's message on one line. */
  private static String reason(OrtException e) {
    return String.valueOf(e.getMessage())
        .strip()
        .replaceAll("\\s*\\R\\s*", " ")
        .replaceFirst("\\.$", "");
  }

  private static String shown(ValueInfo info) {
    return info instanceof TensorInfo tensor
        ? tensor.type.toString().toLowerCase(Locale.ROOT) + " " + Arrays.toString(tensor.getShape())
        : info.toString();
  }
}
