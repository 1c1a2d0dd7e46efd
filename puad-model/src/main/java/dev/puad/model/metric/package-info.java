/**
 * Metrics of detection and localisation as states that merge: each image is added once, states of
 * disjoint images are merged in any order, and the finishers leave the state as it is.
 */
package dev.puad.model.metric;
