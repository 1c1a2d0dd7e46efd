package dev.puad.model.onnx;

/**
 * A value of the graph: [N, channels, side, side].
 *
 * @param name in the graph
 * @param channels the second axis
 * @param side the last two
 */
record Value(String name, int channels, int side) {}
