package dev.puad.model.network;

import java.io.Serializable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An affine map of the channels at each position: C = A · K + b.
 *
 * @param matrix A, [C, K] in C order
 * @param offset b, C values
 */
public record ChannelMap(float[] matrix, float[] offset) implements Serializable {

  public ChannelMap {
    if (offset.length == 0 || matrix.length % offset.length != 0) {
      throw new IllegalArgumentException(
          "A matrix of %d values has no %d rows.".formatted(matrix.length, offset.length));
    }
  }

  /**
   * Maps one image's channels.
   *
   * @param channels [K, positions]
   * @return [C, positions]
   */
  public float[] apply(float[] channels) {
    int outputs = offset.length;
    int inputs = matrix.length / outputs;
    int positions = channels.length / inputs;
    try (INDArray map = RowMajor.array(matrix, outputs, inputs);
        INDArray given = RowMajor.array(channels, inputs, positions);
        INDArray mapped =
            Nd4j.createUninitialized(map.dataType(), new long[] {outputs, positions}, 'c')) {
      Nd4j.gemm(map, given, mapped, false, false, 1, 0);
      float[] values = RowMajor.floats(mapped);
      for (int c = 0; c < outputs; c++) {
        for (int i = c * positions; i < (c + 1) * positions; i++) {
          values[i] += offset[c];
        }
      }
      return values;
    }
  }

  /**
   * Takes means out and divides by deviations; a channel that never varies becomes 0.
   *
   * @param mean K values
   * @param deviation K values, none negative
   */
  public static ChannelMap standardizing(double[] mean, double[] deviation) {
    int channels = mean.length;
    float[] matrix = new float[channels * channels];
    float[] offset = new float[channels];
    for (int c = 0; c < channels; c++) {
      double scale = deviation[c] > 0 ? 1 / deviation[c] : 0;
      matrix[c * channels + c] = (float) scale;
      offset[c] = (float) (-mean[c] * scale);
    }
    return new ChannelMap(matrix, offset);
  }

  /** A matrix alone, [C, K] in C order. */
  public static ChannelMap linear(double[] matrix, int outputs) {
    float[] values = new float[matrix.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) matrix[i];
    }
    return new ChannelMap(values, new float[outputs]);
  }

  /** This map and then another. */
  public ChannelMap then(ChannelMap next) {
    int inputs = matrix.length / offset.length;
    int inner = offset.length;
    int outputs = next.offset.length;
    float[] product = new float[outputs * inputs];
    float[] shift = new float[outputs];
    for (int row = 0; row < outputs; row++) {
      double[] sums = new double[inputs];
      double sum = next.offset[row];
      for (int k = 0; k < inner; k++) {
        double weight = next.matrix[row * inner + k];
        sum += weight * offset[k];
        for (int column = 0; weight != 0 && column < inputs; column++) {
          sums[column] += weight * matrix[k * inputs + column];
        }
      }
      for (int column = 0; column < inputs; column++) {
        product[row * inputs + column] = (float) sums[column];
      }
      shift[row] = (float) sum;
    }
    return new ChannelMap(product, shift);
  }
}
