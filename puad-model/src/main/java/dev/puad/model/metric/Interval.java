package dev.puad.model.metric;

/**
 * A confidence interval of a rate.
 *
 * @param low its lower end, in [0, 1]
 * @param high its upper end, in [low, 1]
 */
public record Interval(double low, double high) {}
