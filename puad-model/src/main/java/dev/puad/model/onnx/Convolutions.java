package dev.puad.model.onnx;

/** How a graph computes convolutions: what its variants differ in. */
interface Convolutions {

  /** What follows a convolution. */
  enum Then {
    /** A ReLU. */
    RELU,
    /** A ReLU and a 2×2 average pooling of stride 2. */
    RELU_AND_POOL
  }

  /**
   * A convolution of stride 1.
   *
   * @param padding zeros on every side of the input
   */
  Value convolve(GraphBuilder graph, Value input, Convolution weights, int padding, Then then);

  /** One side of a difference: a convolution of an input. */
  record Term(Value input, Convolution weights, int padding) {

    int side() {
      return input.side() + 2 * padding - weights.kernel() + 1;
    }
  }

  /** The mean over channels of the squared difference of two convolutions: [N, 1, s, s]. */
  Value meanSquaredDifference(GraphBuilder graph, Term minuend, Term subtrahend);
}
