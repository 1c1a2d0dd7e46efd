package dev.puad.jobs.pipeline;

import dev.puad.model.metric.EvaluationState;
import dev.puad.model.metric.Localization;
import java.util.OptionalDouble;

/**
 * What an evaluation found of one category.
 *
 * @param category its name
 * @param threshold above which the model's combined score calls an image anomalous; empty for maps
 *     of other methods
 * @param state the images' counts and scores
 * @param localization how well the maps find the defects
 */
public record MeasuredCategory(
    String category, OptionalDouble threshold, EvaluationState state, Localization localization) {}
