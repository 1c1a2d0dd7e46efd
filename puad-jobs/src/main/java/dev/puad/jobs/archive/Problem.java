package dev.puad.jobs.archive;

import dev.puad.model.image.RejectReason;

/**
 * Why something cannot be read.
 *
 * @param error in a sentence
 */
public record Problem(RejectReason reason, String error) {}
