package dev.puad.jobs.config;

import java.time.Duration;

/**
 * What a cluster may take.
 *
 * @param executorTimeoutSeconds after which a command ends that has got no executor
 */
public record ClusterSettings(int executorTimeoutSeconds) {

  public ClusterSettings {
    Check.positive("cluster.executor-timeout-seconds", executorTimeoutSeconds);
  }

  /** How long a command waits for its first executor. */
  public Duration patience() {
    return Duration.ofSeconds(executorTimeoutSeconds);
  }
}
