package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.CategoryRule;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ShardLimits;
import dev.puad.jobs.table.Lake;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.image.DecodeLimits;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Plans and scores an archive as {@code puad score} does, with one bundle. */
final class ArchiveScoring {

  static final ScoringPlan PLAN = new ScoringPlan(GraphVariant.WINOGRAD, 1);

  static final ShardLimits SHARDS = new ShardLimits(1000, 100);

  static final Duration PATIENCE = Duration.ofMinutes(1);

  static final Instant SCORED_AT = Instant.parse("2026-11-03T10:00:00Z");

  private final Lake lake;
  private final Bundle bundle;
  private final ScoringPlan plan;
  private final Duration patience;
  private final int batch;

  ArchiveScoring(Lake lake, Bundle bundle, ScoringPlan plan, int batch) {
    this(lake, bundle, plan, PATIENCE, batch);
  }

  ArchiveScoring(Lake lake, Bundle bundle, ScoringPlan plan, Duration patience, int batch) {
    this.lake = lake;
    this.bundle = bundle;
    this.plan = plan;
    this.patience = patience;
    this.batch = batch;
  }

  PlanScoring.Work plan(Path archive) {
    return plan(
        FolderListing.root(lake.spark().sessionState().newHadoopConf(), archive.toString()),
        Optional.empty());
  }

  PlanScoring.Work plan(String root, Optional<CompareContents.Reading> contents) {
    String category = bundle.manifest().category();
    return PlanScoring.plan(
        lake,
        ListArchive.list(
            lake, root, SHARDS, patience, ListArchive.Indices.KEPT, PlanScoring.Rejects.LEFT),
        new PlanScoring.Request(
            root,
            CategoryRule.always(category),
            UntrainedBundle.DATASET,
            UntrainedBundle.METHOD,
            Map.of(category, bundle.manifest().version()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            PlanScoring.Rejects.LEFT,
            contents));
  }

  ScoreArchive.Result run(Path archive, String run) {
    return run(archive, run, done -> {});
  }

  ScoreArchive.Result run(Path archive, String run, LongConsumer progress) {
    try (PlanScoring.Work work = plan(archive)) {
      return run(work, run, progress);
    }
  }

  ScoreArchive.Result run(PlanScoring.Work work, String run, LongConsumer progress) {
    return new ScoreArchive(
            lake,
            category -> new ScoreArchive.Source(bundle, plan),
            new ScoreArchive.Bounds(DecodeLimits.defaults(), patience, batch, Long.MAX_VALUE))
        .run(
            work,
            new ScoreImages.Stamp(
                UntrainedBundle.DATASET, UntrainedBundle.METHOD, run, Timestamp.from(SCORED_AT)),
            progress);
  }
}
