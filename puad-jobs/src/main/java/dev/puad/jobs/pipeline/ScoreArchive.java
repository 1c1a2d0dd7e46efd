package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.RunLog;
import dev.puad.jobs.table.TableDefinition;
import dev.puad.jobs.table.Tables;
import dev.puad.model.BadInputException;
import dev.puad.model.detect.Bundle;
import dev.puad.model.image.DecodeLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Scores what is planned, each image by its category's bundle.
 *
 * <p>Each batch is committed in the order maps, rejects, scores: the score row is what makes a map
 * visible, and a run that was killed leaves whole batches.
 */
public final class ScoreArchive {

  private final Lake lake;
  private final Function<String, Source> bundles;
  private final Bounds bounds;

  /**
   * What a run may take.
   *
   * @param patience how long reading or decoding one image may take
   * @param batch images of one commit
   * @param room bytes that the models open in an executor are to take at most
   */
  public record Bounds(DecodeLimits images, Duration patience, int batch, long room) {}

  /**
   * Scores within bounds.
   *
   * @param bundles opens a category's; asked for each that has images before any is read
   */
  public ScoreArchive(Lake lake, Function<String, Source> bundles, Bounds bounds) {
    this.lake = lake;
    this.bundles = bundles;
    this.bounds = bounds;
  }

  /** A bundle and how it is to compute. */
  public record Source(Bundle bundle, ScoringPlan plan) {

    /**
     * @throws BadInputException if the bundle has no statistics for the planned graph
     */
    public Source {
      bundle.calibration(plan.graph());
    }

    private ScoreImages.Model sent(ExecutorDetectors.Sent detector) {
      return new ScoreImages.Model(
          detector, bundle.calibration(plan.graph()), plan, bundle.manifest().version());
    }
  }

  /**
   * What a run did.
   *
   * @param categories images of each
   * @param reasons images rejected for each
   * @param broken categories whose bundle cannot be used, and why; their images are left
   */
  public record Result(
      Map<String, RunLog.Counts> categories,
      Map<String, Long> reasons,
      Map<String, String> broken) {

    /** Why not all categories were scored, if so. */
    public Optional<String> error() {
      return broken.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", broken.values()));
    }

    /** Of all categories. */
    public RunLog.Counts counts() {
      return categories.values().stream().reduce(RunLog.Counts.NONE, RunLog.Counts::plus);
    }
  }

  /**
   * Scores the planned images; {@code progress} hears how many are done as tasks end and after each
   * commit, at last that all are that can be: a broken bundle does not keep the others from theirs.
   *
   * @throws BadInputException if none of the bundles that are needed can be used
   */
  public Result run(PlanScoring.Work work, ScoreImages.Stamp stamp, LongConsumer progress) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(lake.spark().sparkContext());
    try (Run run = new Run(context, work, stamp)) {
      run.touch();
      Iterator<Row> images = work.images(run.send()).toLocalIterator();
      List<Row> next = new ArrayList<>();
      while (images.hasNext()) {
        next.add(images.next());
        if (next.size() == bounds.batch() || !images.hasNext()) {
          progress.accept(run.score(next, progress));
          next = new ArrayList<>();
        }
      }
      forget(HealedRejects.of(lake, work));
      return run.result();
    }
  }

  private void forget(Dataset<Row> rejects) {
    if (!rejects.isEmpty()) {
      lake.deleteKeys(Tables.REJECTS, rejects);
    }
  }

  /** The models of one run, which stay with the executors until it ends. */
  private final class Run implements AutoCloseable {

    private final JavaSparkContext context;
    private final PlanScoring.Work work;
    private final Column ofModels;
    private final ScoreImages.Stamp stamp;
    private final DecodeImages.Decoder decoder;
    private final Map<String, Broadcast<ScoreImages.Model>> models = new HashMap<>();
    private final List<ExecutorDetectors.Sent> sent = new ArrayList<>();
    private final Map<String, RunLog.Counts> categories = new TreeMap<>();
    private final Map<String, Long> reasons = new TreeMap<>();
    private final Map<String, String> broken = new TreeMap<>();
    private long done;

    Run(JavaSparkContext context, PlanScoring.Work work, ScoreImages.Stamp stamp) {
      this.context = context;
      this.work = work;
      this.ofModels = PlanScoring.ofModels(work.request());
      this.stamp = stamp;
      this.decoder = DecodeImages.decoder(lake.spark(), bounds.images());
    }

    /** Images that were found to be the same take their new time, so that no night reads them. */
    void touch() {
      Dataset<Row> times = work.planned().where("touched").select("category", "image", "modified");
      if (!times.isEmpty()) {
        String[] image = {"category", "image"};
        lake.merge(
            Tables.SCORES,
            lake.read(Tables.SCORES).where(ofModels).drop("modified").join(times, image));
      }
    }

    /** Sends the models to the executors; returns the categories of those that can be used. */
    Set<String> send() {
      work.categories()
          .forEach(
              (category, found) -> {
                if (found.left() > 0) {
                  try {
                    send(category);
                  } catch (BadInputException e) {
                    broken.put(category, e.getMessage());
                  }
                }
              });
      if (models.isEmpty() && !broken.isEmpty()) {
        throw new BadInputException(String.join(" ", broken.values()));
      }
      return models.keySet();
    }

    /** Executors get a model when they need it. */
    private void send(String category) {
      Source source = bundles.apply(category);
      ExecutorDetectors.Sent detector =
          ExecutorDetectors.Sent.of(
              context,
              source.bundle().detector(source.plan().graph()),
              source.plan().device(),
              bounds.room());
      sent.add(detector);
      models.put(category, context.broadcast(source.sent(detector)));
    }

    /** Scores and commits a batch; returns how many images are done by now. */
    long score(List<Row> files, LongConsumer progress) {
      Map<String, Broadcast<ScoreImages.Model>> needed = new HashMap<>(models);
      needed
          .keySet()
          .retainAll(
              files.stream().map(file -> file.<String>getAs("category")).distinct().toList());
      TaskProgress tasks = TaskProgress.of(lake.spark(), done, files.size(), progress);
      Dataset<Row> images =
          ScoreImages.score(
                  DecodeImages.tasks(lake.spark(), files),
                  decoder,
                  bounds.patience(),
                  needed,
                  tasks.counted())
              .persist(StorageLevel.MEMORY_AND_DISK());
      try {
        try (tasks) {
          // Scores all of them, task by task; what follows is light, and a task each would cost
          // more.
          images.count();
        }
        commit(images.coalesce(lake.spark().sparkContext().defaultParallelism()));
        count(images);
      } finally {
        images.unpersist();
      }
      done += files.size();
      return done;
    }

    Result result() {
      work.categories()
          .forEach(
              (category, found) ->
                  categories.merge(
                      category, new RunLog.Counts(0, found.skipped(), 0), RunLog.Counts::plus));
      return new Result(categories, reasons, broken);
    }

    @Override
    public void close() {
      models.values().forEach(Broadcast::destroy);
      sent.forEach(ExecutorDetectors.Sent::close);
    }

    private void commit(Dataset<Row> images) {
      String[] key = {"category", "version", "image"};
      Dataset<Row> before =
          lake.read(Tables.REJECTS)
              .where(ofModels)
              .select(col("category"), col("version"), col("image"), col("attempts").as("before"));
      lake.merge(Tables.ANOMALY_MAPS, ScoreImages.maps(images, stamp));
      // Killed after it, a run leaves an image that the next one tries; after the rejects, it would
      // leave an image with a reject and an old score.
      dropStale(images, key);
      lake.merge(
          Tables.REJECTS,
          ScoreImages.rejects(
              images.join(before, key, "left"), stamp, coalesce(col("before"), lit(0)).plus(1)));
      Dataset<Row> scores = ScoreImages.scores(images, stamp);
      forget(scores.join(before, key, "left_semi"));
      lake.merge(Tables.SCORES, scores);
    }

    /** An image that was scored once and is damaged now keeps neither score nor map. */
    private void dropStale(Dataset<Row> images, String[] key) {
      Dataset<Row> rejected = images.where(col("reason").isNotNull());
      if (rejected.isEmpty()) {
        return;
      }
      // In this order: a score without a map is seen, a map without a score is not.
      for (TableDefinition table : List.of(Tables.SCORES, Tables.ANOMALY_MAPS)) {
        Dataset<Row> stale =
            lake.read(table)
                .where(ofModels)
                .select("dataset", "category", "method", "version", "image")
                .join(rejected, key, "left_semi");
        if (!stale.isEmpty()) {
          lake.deleteKeys(table, stale);
        }
      }
    }

    private void count(Dataset<Row> images) {
      for (Row row : images.groupBy("category", "reason").count().collectAsList()) {
        boolean scored = row.isNullAt(1);
        long count = row.getLong(2);
        categories.merge(
            row.getString(0),
            new RunLog.Counts(scored ? count : 0, 0, scored ? 0 : count),
            RunLog.Counts::plus);
        if (!scored) {
          reasons.merge(row.getString(1), count, Long::sum);
        }
      }
    }
  }
}
