package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.ModelFamily;
import dev.puad.jobs.table.RunLog;
import dev.puad.jobs.table.TableDefinition;
import dev.puad.jobs.table.Tables;
import dev.puad.model.BadInputException;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.Calibration;
import dev.puad.model.detect.Manifest;
import dev.puad.model.image.DecodeLimits;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Scores what is new in a folder with one bundle.
 *
 * <p>An image that this version has scored or rejected already is read again only when its length
 * or modification time changed. Each batch is committed in the order maps, rejects, scores: the
 * score row is what makes a map visible, and a run that was killed leaves whole batches.
 */
public final class ScoreFolder {

  private final Lake lake;
  private final Bundle bundle;
  private final ScoringPlan plan;
  private final Calibration calibration;
  private final DecodeLimits limits;
  private final int batch;

  /**
   * Scores with a bundle as planned, {@code batch} images a commit.
   *
   * @throws BadInputException if the bundle has no statistics for the planned graph
   */
  public ScoreFolder(Lake lake, Bundle bundle, ScoringPlan plan, DecodeLimits limits, int batch) {
    this.lake = lake;
    this.bundle = bundle;
    this.plan = plan;
    this.calibration = bundle.calibration(plan.graph());
    this.limits = limits;
    this.batch = batch;
  }

  /** The images of a folder that this version has not seen, in their present state. */
  public record Work(List<ImageFile> images, long skipped) {}

  /**
   * Finds out what is to be done; writes nothing.
   *
   * @throws BadInputException if the folder is missing or has no images
   */
  public Work plan(String folder) {
    FolderListing listing = FolderListing.of(lake.spark().sessionState().newHadoopConf(), folder);
    List<ImageFile> images = listing.images();
    if (images.isEmpty()) {
      throw new BadInputException(
          "Cannot score %s: it has no images (png, jpg, jpeg, bmp). Correct the path."
              .formatted(folder));
    }
    Dataset<Row> files = DecodeImages.files(lake.spark(), images);
    String[] state = {"image", "modified", "length"};
    Dataset<Row> unseen = files;
    for (TableDefinition table : List.of(Tables.SCORES, Tables.REJECTS)) {
      Dataset<Row> seen = lake.read(table).where(ofThisVersion());
      unseen = unseen.join(seen, state, "left_anti");
    }
    List<ImageFile> todo =
        unseen.orderBy("image").collectAsList().stream()
            .map(
                row ->
                    new ImageFile(row.getString(0), row.getTimestamp(1).getTime(), row.getLong(2)))
            .toList();
    return new Work(todo, images.size() - todo.size());
  }

  /** Scores the planned images; {@code progress} hears how many are done after each commit. */
  public RunLog.Counts run(Work work, ScoreImages.Stamp stamp, LongConsumer progress) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(lake.spark().sparkContext());
    try (ExecutorDetectors.Sent detector =
        ExecutorDetectors.Sent.of(context, bundle.detector(plan.graph()), plan.device())) {
      Broadcast<ScoreImages.Model> model =
          context.broadcast(new ScoreImages.Model(detector, calibration, plan));
      try {
        return run(work, model, stamp, progress);
      } finally {
        model.destroy();
      }
    }
  }

  private RunLog.Counts run(
      Work work,
      Broadcast<ScoreImages.Model> model,
      ScoreImages.Stamp stamp,
      LongConsumer progress) {
    MapFunction<Row, Row> decoder =
        DecodeImages.decoder(lake.spark(), bundle.manifest().architecture().imageSize(), limits);
    long scored = 0;
    long rejected = 0;
    for (int from = 0; from < work.images().size(); from += batch) {
      List<ImageFile> files =
          work.images().subList(from, Math.min(from + batch, work.images().size()));
      Dataset<Row> images =
          ScoreImages.score(DecodeImages.files(lake.spark(), files), decoder, model)
              .persist(StorageLevel.MEMORY_AND_DISK());
      try {
        // Scores all of them, task by task; what follows is light, and a task each would cost more.
        long all = images.count();
        Dataset<Row> together = images.coalesce(lake.spark().sparkContext().defaultParallelism());
        long here = commit(together, stamp);
        scored += here;
        rejected += all - here;
      } finally {
        images.unpersist();
      }
      progress.accept(scored + rejected);
    }
    return new RunLog.Counts(scored, work.skipped(), rejected);
  }

  private long commit(Dataset<Row> images, ScoreImages.Stamp stamp) {
    int side = calibration.scorer().mapSize();
    Dataset<Row> before =
        lake.read(Tables.REJECTS)
            .where(ofThisVersion())
            .select(col("image"), col("attempts").as("before"));
    lake.merge(Tables.ANOMALY_MAPS, ScoreImages.maps(images, stamp, side));
    lake.merge(
        Tables.REJECTS,
        ScoreImages.rejects(
            images.join(before, new String[] {"image"}, "left"),
            stamp,
            coalesce(col("before"), lit(0)).plus(1)));
    dropStale(images);
    Dataset<Row> scores = ScoreImages.scores(images, stamp, calibration.threshold());
    Dataset<Row> healed = scores.join(before, new String[] {"image"}, "left_semi");
    if (!healed.isEmpty()) {
      lake.deleteKeys(Tables.REJECTS, healed);
    }
    return lake.merge(Tables.SCORES, scores);
  }

  /** An image that was scored once and is damaged now keeps neither score nor map. */
  private void dropStale(Dataset<Row> images) {
    Dataset<Row> stale =
        lake.read(Tables.SCORES)
            .where(ofThisVersion())
            .join(images.where(col("reason").isNotNull()), new String[] {"image"}, "left_semi");
    if (!stale.isEmpty()) {
      lake.deleteKeys(Tables.SCORES, stale);
      lake.deleteKeys(Tables.ANOMALY_MAPS, stale);
    }
  }

  private Column ofThisVersion() {
    Manifest manifest = bundle.manifest();
    return new ModelFamily(manifest.dataset(), manifest.category(), manifest.method())
        .rows(manifest.version());
  }
}
