package dev.puad.model.network;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An array's values in C order, copied to the heap.
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
}
