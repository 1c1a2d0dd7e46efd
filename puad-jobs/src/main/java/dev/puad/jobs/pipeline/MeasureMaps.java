package dev.puad.jobs.pipeline;

import dev.puad.model.BadInputException;
import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.dataset.GroundTruthRegion;
import dev.puad.model.dataset.Layout;
import dev.puad.model.image.FloatMap;
import dev.puad.model.metric.EvaluationState;
import dev.puad.model.metric.Localization;
import dev.puad.model.metric.LocalizationState;
import dev.puad.model.metric.Precision;
import dev.puad.model.metric.ValueBins;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Counts labelled maps, in as many passes as the wanted precision takes. */
final class MeasureMaps {

  /** How well maps find defects, with the counts of the first pass. */
  record Measured(EvaluationState state, Localization localization) {}

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
    Pass pass = new Pass(layout, source);
    EvaluationState first =
        aggregate(
            labelled,
            ValueBins.coarse(),
            EvaluationState::new,
            pass::add,
            EvaluationState::mergeWith);
    return new Measured(
        first,
        Localization.measure(
            precision,
            first.localization(),
            bins ->
                aggregate(
                    labelled,
                    bins,
                    LocalizationState::new,
                    pass::add,
                    LocalizationState::mergeWith)));
  }

  /**
   * How many partitions to measure images in: as many as can be worked on at once, since each makes
   * a state of its own, but not with more images than a task should read, since a cluster may still
   * be growing.
   */
  static int partitions(SparkSession spark, int images) {
    int slots = spark.sparkContext().defaultParallelism();
    return Math.max(1, Math.min(images, Math.max(slots, images / IMAGES_PER_PARTITION)));
  }

  private interface Empty<S> extends Function<ValueBins, S>, Serializable {}

  private static <S extends Serializable> S aggregate(
      Dataset<Row> labelled,
      ValueBins bins,
      Empty<S> empty,
      Function2<S, Row, S> add,
      Function2<S, S, S> merge) {
    JavaSparkContext context =
        JavaSparkContext.fromSparkContext(labelled.sparkSession().sparkContext());
    Broadcast<ValueBins> broadcast = context.broadcast(bins);
    try {
      return OrderedTree.aggregate(
          labelled.toJavaRDD(),
          new OrderedTree.Aggregator<>(() -> empty.apply(broadcast.value()), add, merge),
          FAN_IN);
    } finally {
      broadcast.unpersist();
    }
  }

  /** One pass over the maps: the first counts images and scores too. */
  private record Pass(Layout layout, MapSource source) implements Serializable {

    EvaluationState add(EvaluationState state, Row row) {
      List<GroundTruthRegion> regions = ReadGroundTruth.regions(row);
      FloatMap map = map(row);
      AnomalyKind kind = kind(row);
      return state.add(
          new EvaluationState.Image(kind, defects(kind, row, regions), source.scores(row, map)),
          map.values(),
          regions);
    }

    LocalizationState add(LocalizationState state, Row row) {
      List<GroundTruthRegion> regions = ReadGroundTruth.regions(row);
      return EvaluationState.isMeasured(kind(row), regions)
          ? state.add(kind(row), map(row).values(), regions)
          : state;
    }

    private static AnomalyKind kind(Row row) {
      return AnomalyKind.valueOf(row.getAs("kind"));
    }

    private FloatMap map(Row row) {
      FloatMap map = source.map(row);
      requireSameSize(row, map);
      return map;
    }

    private void requireSameSize(Row row, FloatMap map) {
      Integer width = row.getAs("truth_width");
      Integer height = row.getAs("truth_height");
      if (width != null && (width != map.width() || height != map.height())) {
        throw new BadInputException(
            "Cannot use map %s: it has %d x %d pixels, but its ground truth %s has %d x %d. Make them the same size."
                .formatted(
                    source.name(row),
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
