package dev.puad.model.metric;

/**
 * The greatest F1 that a threshold on scores can reach, the harmonic mean of precision and recall.
 *
 * @param f1 that F1, in (0, 1]
 * @param threshold the least of the scores that reach it; images that score at least this count as
 *     found
 */
public record BestF1(double f1, double threshold) {}
