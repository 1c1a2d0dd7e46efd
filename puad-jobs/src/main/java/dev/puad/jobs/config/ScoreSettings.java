package dev.puad.jobs.config;

/**
 * How a folder is scored.
 *
 * @param batch images of one commit
 * @param maxRejectRate rejected fraction of the images, in [0, 1], above which a run exits with 4
 */
public record ScoreSettings(int batch, double maxRejectRate) {

  public ScoreSettings {
    Check.positive("score.batch", batch);
    Check.fraction("score.max-reject-rate", maxRejectRate);
  }
}
