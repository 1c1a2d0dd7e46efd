package dev.puad.jobs.cli;

import dev.puad.jobs.config.SettingSources;
import dev.puad.jobs.config.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that every command over the warehouse takes; a picocli mixin. */
public final class CommonOptions {

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "Settings in HOCON; see reference.conf.")
  private Path conf;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "One setting, for example -Dtrain.steps=10; repeatable.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Option(
      names = "--warehouse",
      paramLabel = "DIR",
      description =
          "Tables and bundles; default ./warehouse. Where Spark's settings give the catalog lake"
              + " another place, bundles alone.")
  private String warehouse;

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      description = "Keeps categories of different data sets apart; default \"default\".")
  private String dataset;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark master; default what spark-submit says, else local[*].")
  private String master;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of every random choice; default 1.")
  private Long seed;

  @Option(
      names = "--json",
      description = "Print the result as one JSON object on the last line of standard output.")
  private boolean json;

  @Option(names = "--verbose", description = "Print the stack trace of an error.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this help.")
  @SuppressWarnings("UnusedVariable") // picocli prints the help when it is given
  private boolean help;

  /** The defaults, {@code --conf}, {@code -D} and the common options; add the command's own. */
  public SettingSources sources() {
    SettingSources sources = Settings.sources();
    if (conf != null) {
      sources.file(conf);
    }
    overrides.forEach(sources::override);
    return sources
        .option("--warehouse", "warehouse", warehouse)
        .option("--dataset", "dataset", dataset)
        .option("--master", "master", master)
        .option("--seed", "seed", seed);
  }

  /** All settings of a command that has no options of its own for them. */
  public Settings settings() {
    return sources().resolve();
  }

  public boolean json() {
    return json;
  }

  boolean verbose() {
    return verbose;
  }
}
