package dev.puad.model.network;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Arrays in C order, copied to the heap and back.
 *
 * <p>The native copy in between is released at once: the garbage collector, which would release it,
 * does not see how large it is.
 */
final class RowMajor {

  private RowMajor() {}

  static float[] floats(INDArray array) {
    try (INDArray copy = array.dup('c')) {
      return copy.data().asFloat();
    }
  }

  static double[] doubles(INDArray array) {
    try (INDArray copy = array.dup('c')) {
      return copy.data().asDouble();
    }
  }

  /**
   * Values as a float32 array. {@code createFromArray} would put them one by one, which takes ten
   * times as long.
   */
  static INDArray array(float[] values, long... shape) {
    return Nd4j.create(Nd4j.createBuffer(values)).reshape('c', shape);
  }

  /** Images of [channels, side, side] as one array of [N, channels, side, side]. */
  static INDArray batch(float[][] images, int channels, int side) {
    float[] flat = new float[images.length * channels * side * side];
    for (int i = 0; i < images.length; i++) {
      System.arraycopy(images[i], 0, flat, i * images[i].length, images[i].length);
    }
    return array(flat, images.length, channels, side, side);
  }
}
