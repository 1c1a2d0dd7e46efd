package dev.puad.jobs.cli;

import dev.puad.jobs.config.SettingSources;
import picocli.CommandLine.Option;

/** How long and on how many workers a network is trained; a picocli mixin. */
final class RoundsOptions {

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Minibatches over all workers; default the network's or recipe's own.")
  private Integer steps;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Images a minibatch; default 1, or the recipe's own.")
  private Integer batchSize;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Workers whose parameters are averaged; default 1.")
  private Integer workers;

  @Option(
      names = "--averaging-frequency",
      paramLabel = "N",
      description = "Minibatches of each worker between two averagings; default 10.")
  private Integer averagingFrequency;

  /** Adds what was given to a section of the settings. */
  SettingSources addTo(SettingSources sources, String section) {
    return sources
        .option("--steps", section + ".steps", steps)
        .option("--batch-size", section + ".batch-size", batchSize)
        .option("--workers", section + ".workers", workers)
        .option("--averaging-frequency", section + ".averaging-frequency", averagingFrequency);
  }
}
