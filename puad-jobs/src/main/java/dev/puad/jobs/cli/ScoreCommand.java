package dev.puad.jobs.cli;

import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ShardLimits;
import dev.puad.jobs.config.SettingSources;
import dev.puad.jobs.config.Settings;
import dev.puad.jobs.config.UsageException;
import dev.puad.jobs.pipeline.LeftOut;
import dev.puad.jobs.pipeline.ListArchive;
import dev.puad.jobs.pipeline.ManyFlagged;
import dev.puad.jobs.pipeline.PlanScoring;
import dev.puad.jobs.pipeline.ScoreArchive;
import dev.puad.jobs.pipeline.ScoreImages;
import dev.puad.jobs.pipeline.ScoringPlan;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.ModelFamily;
import dev.puad.jobs.table.ModelRow;
import dev.puad.jobs.table.Models;
import dev.puad.jobs.table.RunLog;
import dev.puad.jobs.table.StopSignal;
import dev.puad.jobs.train.TrainCategory;
import dev.puad.model.BadInputException;
import dev.puad.model.detect.Bundle;
import dev.puad.model.network.Architecture;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code puad score}: scores what is new in an archive of images. */
@Command(
    name = "score",
    description = "Scores the images of an archive that are new or have changed.")
final class ScoreCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;
  @Mixin private ScoreOptions asked;
  @Mixin private SummaryFile summary;

  @Option(
      names = "--images",
      paramLabel = "PATH",
      required = true,
      description =
          "A folder of images and shards (tar, tar.gz, tar.xz, zip), whatever its depth, or a"
              + " single shard.")
  private String images;

  @Option(names = "--batch", paramLabel = "N", description = "Images of one commit; default 2000.")
  private Integer batch;

  @Option(
      names = "--max-reject-rate",
      paramLabel = "RATE",
      description =
          "Exit with 4, after everything else is written, if more than this fraction of the images"
              + " was rejected; default 1.")
  private Double maxRejectRate;

  @Option(
      names = "--max-unmatched-rate",
      paramLabel = "RATE",
      description =
          "Exit with 4, after everything else is written, if more than this fraction of the images"
              + " fits no category or one without a bundle; default 0.")
  private Double maxUnmatchedRate;

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
    summary.clear();
    AtomicReference<RunLog> run = new AtomicReference<>();
    try (StopSignal.Awaited stop =
        StopSignal.onSignal(
            () -> summary.write(ScoreReport.stopped(Optional.ofNullable(run.get()))))) {
      return score(run::set);
    } catch (Throwable e) {
      if (StopSignal.isHeard()) {
        throw e;
      }
      fail(Optional.ofNullable(run.get()), e);
      throw e;
    }
  }

  /** Whatever ends a run, a summary says so; where it cannot be written the failure stays. */
  private void fail(Optional<RunLog> run, Throwable failure) {
    try {
      summary.write(ScoreReport.failed(run, failure));
    } catch (BadInputException unwritable) {
      failure.addSuppressed(unwritable);
    }
  }

  private int score(Consumer<RunLog> started) {
    if (model.given() && asked.category().isEmpty()) {
      throw new UsageException(
          "Cannot use --version without --category: versions are a category's.");
    }
    asked.check();
    SettingSources sources =
        common
            .sources()
            .option("--batch", "score.batch", batch)
            .option("--max-reject-rate", "score.max-reject-rate", maxRejectRate)
            .option("--max-unmatched-rate", "score.max-unmatched-rate", maxUnmatchedRate)
            .option("--graph", "score.graph", graph);
    Settings given = sources.resolve();
    Lake existing = Lake.existing(SparkSessions.openExisting(given));
    Map<String, ModelRow> models = models(existing, given);
    String root = FolderListing.root(existing.spark().sessionState().newHadoopConf(), images);
    PlanScoring.Request request = request(root, given, models);
    if (asked.dryRun()) {
      return dryRun(existing, request, given);
    }
    ScoringPlan plan = plan(existing, given, models);
    Settings settings = PlannedScoring.recorded(sources, plan).resolve();
    Lake lake = Lake.open(SparkSessions.open(settings));
    RunLog run = RunLog.start("score", configuration(root, settings), Version.json());
    started.accept(run);
    Done done =
        run.record(
            lake,
            () -> score(lake, request, settings, models, plan, run),
            ended -> new RunLog.Outcome(ended.result().counts(), ended.result().error()));
    ScoreReport.warn(terminal, done.work());
    ScoreReport.warn(terminal, done.result());
    ScoreReport.warn(terminal, done.flagged());
    summary.write(done.told());
    if (common.json()) {
      terminal.json(done.told());
    } else {
      ScoreReport.done(terminal, run, done.work(), done.result().counts());
    }
    boolean tooManyRejects = tooManyRejects(settings, done);
    boolean tooManyLeftOut = tooManyLeftOut(settings, done.work());
    if (!done.result().broken().isEmpty()) {
      return ExitCode.BAD_INPUT;
    }
    return tooManyRejects || tooManyLeftOut ? ExitCode.TOO_MANY_REJECTS : ExitCode.DONE;
  }

  /** The settings, and what was typed beside them. */
  private String configuration(String root, Settings settings) {
    Map<String, Object> typed = asked.typed();
    typed.put("images", root);
    return settings.renderWith(Map.of("asked", typed));
  }

  /** What a run did, and what it tells of that. */
  private record Done(
      ScoreArchive.Result result,
      PlanScoring.Work work,
      List<ManyFlagged> flagged,
      Map<String, Object> told) {}

  private Map<String, ModelRow> models(Lake lake, Settings settings) {
    Models models = new Models(lake);
    if (asked.category().isPresent()) {
      String category = asked.category().get();
      return Map.of(
          category,
          model.choose(
              models, new ModelFamily(settings.dataset(), category, TrainCategory.METHOD)));
    }
    Map<String, ModelRow> current =
        models.current(settings.dataset(), TrainCategory.METHOD).stream()
            .collect(Collectors.toMap(row -> row.family().category(), row -> row));
    if (current.isEmpty()) {
      throw new BadInputException(
          "Cannot score %s: dataset %s has no bundle. Run: puad train --data DIR"
              .formatted(images, settings.dataset()));
    }
    return current;
  }

  private PlanScoring.Request request(
      String root, Settings settings, Map<String, ModelRow> models) {
    Map<String, Long> versions = new TreeMap<>();
    models.forEach((category, row) -> versions.put(category, row.version()));
    return asked.request(root, settings, TrainCategory.METHOD, versions);
  }

  /** One plan for all categories: of the one whose activations take most. */
  private ScoringPlan plan(Lake lake, Settings settings, Map<String, ModelRow> models) {
    return PlannedScoring.of(
        settings.score(),
        architectures(models).stream()
            .max(Comparator.comparing(Architecture::activationBytes))
            .orElseThrow(),
        lake.spark().sparkContext().getConf(),
        terminal.err());
  }

  /** Those of the bundles that can be opened; of the others the run tells, if it needs them. */
  private static List<Architecture> architectures(Map<String, ModelRow> models) {
    List<Architecture> architectures = new ArrayList<>();
    List<BadInputException> broken = new ArrayList<>();
    for (ModelRow model : models.values()) {
      try {
        architectures.add(architecture(model));
      } catch (BadInputException e) {
        broken.add(e);
      }
    }
    if (architectures.isEmpty()) {
      throw broken.get(0);
    }
    return architectures;
  }

  private static Architecture architecture(ModelRow model) {
    try {
      return Bundle.manifest(Path.of(model.path())).architecture();
    } catch (IOException e) {
      throw new BadInputException(
          "Cannot open bundle %s of category %s: its manifest cannot be read. Restore it, train or import again, or set another --version."
              .formatted(model.path(), model.family().category()),
          e);
    }
  }

  private static Bundle open(ModelRow model) {
    return Bundle.open(Path.of(model.path()), model.checksum());
  }

  private PlanScoring.Work work(
      Lake lake, PlanScoring.Request request, Settings settings, ListArchive.Indices indices) {
    PlanScoring.Work work = plan(lake, request, settings, indices);
    if (work.categories().isEmpty()) {
      work.close();
      throw new BadInputException(nothing(work));
    }
    return work;
  }

  private PlanScoring.Work plan(
      Lake lake, PlanScoring.Request request, Settings settings, ListArchive.Indices indices) {
    try (ProgressBar bar = terminal.progressBar("list " + images, 0, ProgressBar.UNKNOWN)) {
      return PlanScoring.plan(
          lake,
          ListArchive.list(
              lake,
              request.root(),
              new ShardLimits(settings.archive().maxEntries(), settings.archive().maxRatio()),
              settings.archive().patience(),
              indices,
              request.rejects()),
          request);
    }
  }

  private String nothing(PlanScoring.Work work) {
    if (!work.withoutModel().isEmpty()) {
      String fitting = ScoreReport.fitting(work.leftOut());
      return "Cannot score %s: none of its categories %s has a bundle. Run: puad train --data DIR/%s%s"
          .formatted(
              images,
              String.join(", ", work.withoutModel().keySet()),
              work.withoutModel().keySet().iterator().next(),
              fitting.isEmpty() ? "" : ", or correct the pattern." + fitting);
    }
    if (work.lost().count() > 0 && work.lost().count() == work.unmatched()) {
      Map.Entry<String, String> first = work.lost().errors().entrySet().iterator().next();
      return "Cannot score %s: nothing that can be read fits --categories, and %s cannot be read: %s. Restore it, or correct the pattern."
          .formatted(images, first.getKey(), first.getValue());
    }
    return work.unmatched() > 0
        ? "Cannot score %s: none of its %d images fits --categories. Correct the pattern.%s"
            .formatted(images, work.unmatched(), ScoreReport.fitting(work.leftOut()))
        : "Cannot score %s: it has no images (png, jpg, jpeg, bmp) and no shards (tar, tar.gz, tar.xz, zip). Correct the path."
            .formatted(images);
  }

  private int dryRun(Lake lake, PlanScoring.Request request, Settings settings) {
    try (PlanScoring.Work work = work(lake, request, settings, ListArchive.Indices.FORGOTTEN)) {
      summary.write(ScoreReport.plan(work));
      ScoreReport.planned(terminal, common, work);
      return ExitCode.DONE;
    }
  }

  private Done score(
      Lake lake,
      PlanScoring.Request request,
      Settings settings,
      Map<String, ModelRow> models,
      ScoringPlan plan,
      RunLog run) {
    ScoreArchive scoring =
        new ScoreArchive(
            lake,
            category -> new ScoreArchive.Source(open(models.get(category)), plan),
            new ScoreArchive.Bounds(
                settings.image().limits(),
                settings.archive().patience(),
                settings.score().batch(),
                settings.score().modelsBytes()));
    ScoreImages.Stamp stamp =
        new ScoreImages.Stamp(
            settings.dataset(), TrainCategory.METHOD, run.run(), Timestamp.from(run.started()));
    try (PlanScoring.Work work = work(lake, request, settings, ListArchive.Indices.KEPT);
        ProgressBar bar =
            terminal.progressBar("score " + asked.category().orElse(""), 0, work.count())) {
      ScoreArchive.Result result = scoring.run(work, stamp, done -> bar.update(done, ""));
      List<ManyFlagged> flagged =
          result.counts().scored() < ManyFlagged.FEWEST
              ? List.of()
              : ManyFlagged.of(lake, request, stamp);
      return new Done(result, work, flagged, ScoreReport.summary(run, work, result, flagged));
    }
  }

  /** A shard of no category is in no table, and its images are not scored either. */
  private boolean tooManyRejects(Settings settings, Done done) {
    RunLog.Counts counts = done.result().counts();
    long lost = done.work().lost().count();
    long rejected = counts.rejected() + lost;
    long tried = counts.scored() + rejected;
    double most = settings.score().maxRejectRate();
    if (rejected <= most * tried) {
      return false;
    }
    terminal
        .err()
        .printf(
            "puad: %d of %d images were rejected, more than score.max-reject-rate %s allows;"
                + " %s%n",
            rejected,
            tried,
            most,
            lost == 0 ? "puad.rejects says why" : "puad.rejects and the lines above say why");
    return true;
  }

  /** A folder or a shard that has come where the pattern does not look must not go unnoticed. */
  private boolean tooManyLeftOut(Settings settings, PlanScoring.Work work) {
    LeftOut leftOut = work.leftOut();
    double most = settings.score().maxUnmatchedRate();
    if (leftOut.images() <= most * leftOut.found()) {
      return false;
    }
    terminal
        .err()
        .printf(
            "puad: %d of %d images are of no category with a bundle, more than"
                + " score.max-unmatched-rate %s allows; correct --categories, or allow more with"
                + " --max-unmatched-rate%n",
            leftOut.images(), leftOut.found(), most);
    return true;
  }
}
