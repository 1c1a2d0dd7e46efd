package dev.puad.jobs.cli;

import dev.puad.jobs.table.ModelFamily;
import dev.puad.jobs.table.ModelRow;
import dev.puad.jobs.table.Models;
import picocli.CommandLine.Option;

/** Which version of a category's bundle to use; a picocli mixin. */
final class ModelOptions {

  @Option(
      names = "--version",
      paramLabel = "N",
      description = "The bundle's version; default the current one.")
  private Long version;

  /** Whether a version was asked for. */
  boolean given() {
    return version != null;
  }

  ModelRow choose(Models models, ModelFamily family) {
    return version == null ? models.current(family) : models.version(family, version);
  }
}
