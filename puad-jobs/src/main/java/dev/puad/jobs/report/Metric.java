package dev.puad.jobs.report;

import java.util.OptionalDouble;

/**
 * One number of an evaluation.
 *
 * @param name for example {@code au_spro}
 * @param subset all, structural, logical, mean or a defect type
 * @param parameter the FPR limit or the confidence; 0 where there is none
 * @param value empty where it is undefined
 * @param errorBound how far it may be off; empty where it is exact
 */
public record Metric(
    String name,
    String subset,
    double parameter,
    OptionalDouble value,
    OptionalDouble errorBound) {}
