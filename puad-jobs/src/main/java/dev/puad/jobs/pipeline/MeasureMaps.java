package dev.puad.jobs.pipeline;

import dev.puad.jobs.pipeline.MapSource.ScoredMap;
import dev.puad.model.BadInputException;
import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.dataset.GroundTruthRegion;
import dev.puad.model.dataset.Layout;
import dev.puad.model.image.FloatMap;
import dev.puad.model.metric.EvaluationState;
import dev.puad.model.metric.Localization;
import dev.puad.model.metric.Precision;
import dev.puad.model.metric.ValueBins;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Counts labelled maps, in as many passes as the wanted precision takes. */
final class MeasureMaps {

  /** How well maps find defects, with the counts of the first pass. */
  record Measured(EvaluationState state, Localization localization) {}

  /** So that nobody waits long for the last. */
  private static final int PARTITIONS_PER_SLOT = 2;

  private static final int IMAGES_PER_PARTITION = 256;

  /** States are as large as {@link Precision#stateBytes} allows. */
  private static final int FAN_IN = 8;

  private MeasureMaps() {}

  /**
   * Measures maps; the result does not depend on their order or partitions.
   *
   * @param labelled with the columns {@code kind}, {@code defect}, {@code ground_truth}, those of
   *     {@link ReadGroundTruth} and those of the source; read in each pass, so better kept
   * @throws BadInputException if a map or its ground truth cannot be used, or they differ in size
   */
  static Measured measure(
      Dataset<Row> labelled, Layout layout, MapSource source, Precision precision) {
    EvaluationState first = pass(labelled, layout, source, ValueBins.coarse());
    return new Measured(
        first,
        Localization.measure(
            precision,
            first.localization(),
            bins -> pass(labelled, layout, source, bins).localization()));
  }

  /**
   * In as many partitions as can be worked on at once, since each makes a state of its own, but not
   * with more images than a task should read: a cluster may still be growing.
   */
  static Dataset<Row> spread(Dataset<Row> rows, int count) {
    int slots = rows.sparkSession().sparkContext().defaultParallelism();
    int wanted = Math.max(PARTITIONS_PER_SLOT * slots, count / IMAGES_PER_PARTITION);
    return rows.repartition(Math.max(1, Math.min(count, wanted)));
  }

  private static EvaluationState pass(
      Dataset<Row> labelled, Layout layout, MapSource source, ValueBins bins) {
    JavaSparkContext context =
        JavaSparkContext.fromSparkContext(labelled.sparkSession().sparkContext());
    Broadcast<ValueBins> broadcast = context.broadcast(bins);
    try {
      Measure measure = new Measure(layout, source);
      return OrderedTree.aggregate(
          labelled.toJavaRDD(),
          new OrderedTree.Aggregator<>(
              () -> new EvaluationState(broadcast.value()),
              measure::add,
              EvaluationState::mergeWith),
          FAN_IN);
    } finally {
      broadcast.unpersist();
    }
  }

  private record Measure(Layout layout, MapSource source) implements Serializable {

    EvaluationState add(EvaluationState state, Row row) {
      List<GroundTruthRegion> regions = ReadGroundTruth.regions(row);
      ScoredMap scored = source.read(row);
      requireSameSize(row, scored);
      AnomalyKind kind = AnomalyKind.valueOf(row.getAs("kind"));
      return state.add(
          new EvaluationState.Image(kind, defects(kind, row, regions), scored.scores()),
          scored.map().values(),
          regions);
    }

    private static void requireSameSize(Row row, ScoredMap scored) {
      FloatMap map = scored.map();
      Integer width = row.getAs("truth_width");
      Integer height = row.getAs("truth_height");
      if (width != null && (width != map.width() || height != map.height())) {
        throw new BadInputException(
            "Cannot use map %s: it has %d x %d pixels, but its ground truth %s has %d x %d. Make them the same size."
                .formatted(
                    scored.name(),
                    map.width(),
                    map.height(),
                    row.<String>getList(row.fieldIndex("ground_truth")).get(0),
                    width,
                    height));
      }
    }

    /** MVTec AD's folders name the defect type, also where nobody marked it. */
    private Collection<String> defects(AnomalyKind kind, Row row, List<GroundTruthRegion> regions) {
      if (kind == AnomalyKind.GOOD) {
        return List.of();
      }
      return switch (layout) {
        case LOCO -> new TreeSet<>(regions.stream().map(GroundTruthRegion::defect).toList());
        case MVTEC_AD -> List.of(row.<String>getAs("defect"));
      };
    }
  }
}
