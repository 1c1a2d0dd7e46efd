package dev.puad.model.distill;

import dev.puad.model.BadInputException;
import dev.puad.model.weights.SafetensorsFile;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A distilled teacher on disk: a safetensors file with its weights by the names of the official
 * PDN, the mean and deviation of the backbone's features, and how it was made.
 */
public final class TeacherFile {

  private static final String STATISTICS = "statistics.";
  private static final String WEIGHT = ".weight";
  private static final String SCALE = ".scale";

  private TeacherFile() {}

  /**
   * The statistics of the backbone's features over the images of the distillation.
   *
   * @param mean K values
   * @param deviation K values
   */
  public record Statistics(double[] mean, double[] deviation) {}

  /** How weights are written; biases are always float32. */
  public enum Precision {
    FLOAT32,
    /** A whole number from -127 to 127 and a scale for each filter: a quarter of the size. */
    INT8;

    /** The precision that a user names. */
    public static Precision named(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** What users call them. */
    public static List<String> names() {
      return Arrays.stream(values()).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
    }
  }

  /**
   * Writes a teacher.
   *
   * @param provenance what it was made of, and how
   */
  public static void write(
      Path file,
      StateDict weights,
      Precision precision,
      Statistics statistics,
      Map<String, String> provenance)
      throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    weights
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (precision == Precision.INT8 && name.endsWith(WEIGHT)) {
                putRounded(tensors, name, tensor);
              } else {
                tensors.put(name, tensor);
              }
            });
    tensors.put(STATISTICS + "mean", Tensor.of(statistics.mean(), statistics.mean().length));
    tensors.put(
        STATISTICS + "deviation", Tensor.of(statistics.deviation(), statistics.deviation().length));
    SafetensorsFile.write(file, tensors, provenance);
  }

  /** The weights alone, in float32, of what a file of weights holds. */
  public static StateDict weights(StateDict file) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    file.tensors()
        .forEach(
            (name, tensor) -> {
              Tensor scale = file.tensors().get(name + SCALE);
              if (scale != null) {
                tensors.put(name, scaled(file, name));
              } else if (!name.startsWith(STATISTICS) && !isScale(name, file)) {
                tensors.put(name, tensor);
              }
            });
    return new StateDict(file.source(), tensors);
  }

  private static boolean isScale(String name, StateDict file) {
    return name.endsWith(SCALE)
        && file.names().contains(name.substring(0, name.length() - SCALE.length()));
  }

  private static void putRounded(Map<String, Tensor> tensors, String name, Tensor tensor) {
    float[] values = tensor.floats();
    int filters = tensor.shape()[0];
    int length = values.length / filters;
    byte[] rounded = new byte[values.length];
    float[] scales = new float[filters];
    for (int filter = 0; filter < filters; filter++) {
      float largest = 0;
      for (int i = filter * length; i < (filter + 1) * length; i++) {
        largest = Math.max(largest, Math.abs(values[i]));
      }
      scales[filter] = largest / Byte.MAX_VALUE;
      for (int i = filter * length; i < (filter + 1) * length; i++) {
        rounded[i] = (byte) (largest == 0 ? 0 : Math.round(values[i] / scales[filter]));
      }
    }
    tensors.put(name, new Tensor(Tensor.Type.INT8, tensor.shape(), rounded));
    tensors.put(name + SCALE, Tensor.of(scales, filters));
  }

  private static Tensor scaled(StateDict file, String name) {
    Tensor tensor = file.tensor(name);
    int filters = tensor.shape().length == 0 ? 0 : tensor.shape()[0];
    float[] scales = file.floats(name + SCALE, filters);
    float[] values = new float[tensor.bytes().length];
    if (tensor.type() != Tensor.Type.INT8 || filters == 0) {
      throw new BadInputException(
          "Cannot use %s: its tensor %s has scales but is of type %s, not int8. Distil it again."
              .formatted(file.source(), name, tensor.type()));
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.bytes()[i] * scales[i / (values.length / filters)];
    }
    return Tensor.of(values, tensor.shape());
  }
}
