/**
 * The networks as one ONNX graph: EfficientAD's weights with every normalisation folded in, and the
 * graphs that are written of them. Nothing here knows what an anomaly is.
 */
package dev.puad.model.onnx;
