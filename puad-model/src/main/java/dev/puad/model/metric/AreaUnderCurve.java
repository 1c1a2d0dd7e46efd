package dev.puad.model.metric;

/**
 * A normalised area under a curve.
 *
 * @param value the area divided by the limit it goes up to, in [0, 1]
 * @param errorBound how far the exact value can be from it at most; 0 if it is exact
 */
public record AreaUnderCurve(double value, double errorBound) {}
