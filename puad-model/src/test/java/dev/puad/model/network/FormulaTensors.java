package dev.puad.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.puad.model.image.Normalization;
import dev.puad.model.image.RgbImage;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Weights and images of the golden files that a formula gives: integers, so exact everywhere. */
final class FormulaTensors {

  private FormulaTensors() {}

  /**
   * A network's weights.
   *
   * @param base the number of its first tensor
   * @param tensors name, shape, amplitude, first values and sum of each, against which it is
   *     checked
   */
  static StateDict of(String source, int base, JsonNode tensors) {
    Map<String, Tensor> made = new LinkedHashMap<>();
    for (JsonNode tensor : tensors) {
      int k = base + made.size();
      assertThat(tensor.get("k").intValue()).isEqualTo(k);
      int[] shape = new int[tensor.get("shape").size()];
      int size = 1;
      for (int i = 0; i < shape.length; i++) {
        shape[i] = tensor.get("shape").get(i).intValue();
        size *= shape[i];
      }
      double amplitude = tensor.get("amplitude_value").doubleValue();
      float[] values = new float[size];
      double sum = 0;
      for (int i = 0; i < size; i++) {
        values[i] = (float) (amplitude * uniform(i, k));
        sum += values[i];
      }
      assertThat(sum).isCloseTo(tensor.get("sum_float64").doubleValue(), within(1e-6));
      assertThat((double) values[0]).isEqualTo(tensor.get("first3").get(0).doubleValue());
      made.put(tensor.get("name").textValue(), Tensor.of(values, shape));
    }
    return new StateDict(source, made);
  }

  /** A square image, [S, S, 3]. */
  static byte[] image(int k, int size) {
    byte[] pixels = new byte[3 * size * size];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
          int triangle = Math.abs(((x * (c + 2) + y * 3 + 40 * c) & 255) - 128) * 2;
          int value = triangle * 3 / 4 + (hash(c * size * size + y * size + x, k) & 63);
          pixels[(y * size + x) * 3 + c] = (byte) value;
        }
      }
    }
    return pixels;
  }

  static float[] normalized(byte[] pixels, int size) {
    return Normalization.normalize(new RgbImage(size, size, pixels));
  }

  private static double uniform(int i, int k) {
    return (hash(i, k) >>> 8) / 8388608.0 - 1;
  }

  private static int hash(int i, int k) {
    int x = i + k * 0x9E3779B1;
    x ^= x >>> 16;
    x *= 0x7feb352d;
    x ^= x >>> 15;
    x *= 0x846ca68b;
    return x ^ (x >>> 16);
  }
}
