package dev.puad.jobs.cli;

import dev.puad.jobs.config.SettingSources;
import dev.puad.jobs.config.Settings;
import dev.puad.jobs.pipeline.ScoreFolder;
import dev.puad.jobs.pipeline.ScoreImages;
import dev.puad.jobs.pipeline.ScoringPlan;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.ModelFamily;
import dev.puad.jobs.table.ModelRow;
import dev.puad.jobs.table.Models;
import dev.puad.jobs.table.RunLog;
import dev.puad.jobs.train.TrainCategory;
import dev.puad.model.detect.Bundle;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code puad score}: scores what is new in a folder of images. */
@Command(
    name = "score",
    description = "Scores the images of a folder that are new or have changed.")
final class ScoreCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;

  @Option(
      names = "--images",
      paramLabel = "PATH",
      required = true,
      description = "A folder of images, whatever its depth.")
  private String images;

  @Option(
      names = "--category",
      paramLabel = "NAME",
      required = true,
      description = "The category whose bundle to use.")
  private String category;

  @Option(names = "--batch", paramLabel = "N", description = "Images of one commit; default 2000.")
  private Integer batch;

  @Option(
      names = "--graph",
      paramLabel = "NAME",
      description =
          "What computes the maps: winograd (for CPUs), plain (for GPUs) or dl4j (the reference);"
              + " default what suits the executors.")
  private String graph;

  ScoreCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    SettingSources sources =
        common
            .sources()
            .option("--batch", "score.batch", batch)
            .option("--graph", "score.graph", graph);
    Settings given = sources.resolve();
    Lake existing = Lake.existing(SparkSessions.openExisting(given));
    ModelFamily family = new ModelFamily(given.dataset(), category, TrainCategory.METHOD);
    ModelRow chosen = model.choose(new Models(existing), family);
    Bundle bundle = Bundle.open(Path.of(chosen.path()), chosen.checksum());
    ScoringPlan plan =
        PlannedScoring.of(
            given.score(),
            bundle.manifest().architecture(),
            existing.spark().sparkContext().getConf(),
            terminal.err());
    Settings settings = PlannedScoring.recorded(sources, plan).resolve();
    Lake lake = Lake.open(SparkSessions.open(settings));
    RunLog run = RunLog.start("score", settings.render(), Version.json());
    ScoreFolder scoring =
        new ScoreFolder(lake, bundle, plan, settings.image().limits(), settings.score().batch());
    try {
      ScoreFolder.Work work = scoring.plan(images);
      RunLog.Counts counts = score(scoring, work, family, chosen.version(), run);
      run.done(lake, counts);
      report(run, counts);
      return tooManyRejects(settings, counts) ? ExitCode.TOO_MANY_REJECTS : ExitCode.DONE;
    } catch (RuntimeException e) {
      run.failed(lake, e);
      throw e;
    }
  }

  private RunLog.Counts score(
      ScoreFolder scoring, ScoreFolder.Work work, ModelFamily family, long version, RunLog run) {
    ScoreImages.Stamp stamp =
        new ScoreImages.Stamp(family, version, run.run(), Timestamp.from(run.started()));
    try (ProgressBar bar =
        terminal.progressBar("score " + family.category(), 0, work.images().size())) {
      return scoring.run(work, stamp, done -> bar.update(done, ""));
    }
  }

  private void report(RunLog run, RunLog.Counts counts) {
    if (common.json()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("run", run.run());
      result.put("scored", counts.scored());
      result.put("skipped", counts.skipped());
      result.put("rejected", counts.rejected());
      result.put("seconds", run.seconds());
      terminal.json(result);
    } else {
      terminal
          .out()
          .printf(
              "%d images scored, %d skipped, %d rejected in %.0f s (run %s)%n",
              counts.scored(), counts.skipped(), counts.rejected(), run.seconds(), run.run());
    }
  }

  private boolean tooManyRejects(Settings settings, RunLog.Counts counts) {
    long tried = counts.scored() + counts.rejected();
    double most = settings.score().maxRejectRate();
    if (counts.rejected() <= most * tried) {
      return false;
    }
    terminal
        .err()
        .printf(
            "puad: %d of %d images were rejected, more than score.max-reject-rate %s allows;"
                + " puad.rejects says why%n",
            counts.rejected(), tried, most);
    return true;
  }
}
