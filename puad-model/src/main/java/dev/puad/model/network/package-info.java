/**
 * EfficientAD's networks and its training graph, in Deeplearning4j; no other package names DL4J.
 *
 * <p>Tensors are NCHW float32. A {@code ComputationGraph} is not thread-safe and holds native
 * memory: one graph a task, closed where it is opened.
 */
package dev.puad.model.network;
