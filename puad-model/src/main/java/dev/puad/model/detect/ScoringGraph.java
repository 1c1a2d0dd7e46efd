package dev.puad.model.detect;

import dev.puad.model.network.Architecture;
import dev.puad.model.onnx.FoldedNetworks;
import dev.puad.model.onnx.GraphBuilder;
import dev.puad.model.onnx.GraphBuilder.Attribute;
import dev.puad.model.onnx.NetworkGraph;
import dev.puad.model.stats.Gaussian;
import java.util.List;
import java.util.Map;

/**
 * All of PUAD as one ONNX model: an image of RGB bytes in, maps, features and scores out, in
 * float32 but for the features and their distance.
 *
 * <p>Input {@link #IMAGE}: uint8 [N, S, S, 3], at the networks' size. Where the largest value of
 * the map depends on the size of the image's file ({@link MapVariant#NELSON1425}), a second one,
 * {@link #FILE_SIZE}: int64 [2], height and width in pixels of every file of the batch.
 *
 * <p>Outputs, of which the first three need no calibration:
 *
 * <ul>
 *   <li>{@link #STUDENT_MAP}, {@link #AUTOENCODER_MAP}: [N, 1, s, s], as in {@link Analysis}
 *   <li>{@link #FEATURES}: doubles, [N, C]
 *   <li>{@link #COMBINED_MAP}: [N, 1, s, s], as {@link Scorer#map} makes it
 *   <li>{@link #PICTURABLE}, {@link #UNPICTURABLE}: [N], the scores in their own units
 *   <li>{@link #PICTURABLE_Z}, {@link #UNPICTURABLE_Z}: [N], in standard deviations
 *   <li>{@link #SCORE}: [N], the sum of both
 * </ul>
 */
public final class ScoringGraph {

  public static final String IMAGE = "image";
  public static final String FILE_SIZE = "file_size";
  public static final String STUDENT_MAP = "student_map";
  public static final String AUTOENCODER_MAP = "autoencoder_map";
  public static final String FEATURES = "features";
  public static final String COMBINED_MAP = "combined_map";
  public static final String PICTURABLE = "picturable";
  public static final String UNPICTURABLE = "unpicturable";
  public static final String PICTURABLE_Z = "picturable_z";
  public static final String UNPICTURABLE_Z = "unpicturable_z";
  public static final String SCORE = "score";

  private final GraphBuilder graph = new GraphBuilder();
  private final Architecture architecture;
  private final NetworkGraph.Drawn drawn;

  private ScoringGraph(FoldedNetworks networks, NetworkGraph.Style style, FeatureSource source) {
    architecture = networks.architecture();
    int size = architecture.imageSize();
    String image = graph.bytesInput(IMAGE, size, size, 3);
    drawn = NetworkGraph.draw(graph, image, networks, style, source.pooled());
    int side = architecture.outputSize();
    graph.output(STUDENT_MAP, drawn.student(), 1, side, side);
    graph.output(AUTOENCODER_MAP, drawn.autoencoder(), 1, side, side);
    graph.outputDoubles(FEATURES, drawn.features(), architecture.channels());
  }

  /** The networks alone, as they are before anything is known of validation images. */
  public static byte[] uncalibrated(
      FoldedNetworks networks, NetworkGraph.Style style, FeatureSource source) {
    return new ScoringGraph(networks, style, source).graph.model(Map.of());
  }

  /**
   * Everything.
   *
   * @param metadata what the model says of itself
   */
  public static byte[] calibrated(
      FoldedNetworks networks,
      NetworkGraph.Style style,
      FeatureSource source,
      Calibration calibration,
      Map<String, String> metadata) {
    ScoringGraph scoring = new ScoringGraph(networks, style, source);
    scoring.add(calibration);
    return scoring.graph.model(metadata);
  }

  private void add(Calibration calibration) {
    Scorer scorer = calibration.scorer();
    String map = combined(scorer.scaling());
    int frame = (scorer.mapSize() - scorer.outputSize()) / 2;
    if (frame > 0) {
      map = graph.add("Pad", List.of(map, graph.list(0, 0, frame, frame, 0, 0, frame, frame)));
    }
    graph.output(COMBINED_MAP, map, 1, scorer.mapSize(), scorer.mapSize());
    String picturable = largest(graph.resize(map, sizes(scorer)));
    String unpicturable = distance(scorer.gaussian());
    String picturableZ = normalized(PICTURABLE, picturable, calibration.picturable());
    String unpicturableZ = normalized(UNPICTURABLE, unpicturable, calibration.unpicturable());
    graph.output(PICTURABLE, picturable);
    graph.output(UNPICTURABLE, unpicturable);
    graph.output(PICTURABLE_Z, picturableZ);
    graph.output(UNPICTURABLE_Z, unpicturableZ);
    graph.output(SCORE, graph.add("Add", List.of(picturableZ, unpicturableZ)));
  }

  /** The mean of both maps, each brought to its scale: {@link MapScaling#combine}. */
  private String combined(MapScaling scaling) {
    String local =
        scaled(STUDENT_MAP, drawn.student(), scaling.studentLow(), scaling.studentHigh());
    String global =
        scaled(
            AUTOENCODER_MAP,
            drawn.autoencoder(),
            scaling.autoencoderLow(),
            scaling.autoencoderHigh());
    return graph.add("Add", List.of(local, global));
  }

  private String scaled(String name, String map, double low, double high) {
    double factor = 0.5 * MapScaling.HIGH_LEVEL / (high - low);
    return graph.add(
        "Mul", List.of(less(name + ".low", map, low), scalar(name + ".factor", factor)));
  }

  /** At which size the largest value is looked for: of the networks' input, or of the file. */
  private String sizes(Scorer scorer) {
    return switch (scorer.variant()) {
      case PUAD -> graph.list(1, scorer.imageSize(), scorer.imageSize());
      case NELSON1425 ->
          graph.add(
              "Concat",
              List.of(graph.list(1), graph.listInput(FILE_SIZE, 2)),
              Attribute.one("axis", 0));
    };
  }

  private String largest(String maps) {
    return graph.add(
        "ReduceMax", List.of(maps), Attribute.of("axes", 1, 2, 3), Attribute.one("keepdims", 0));
  }

  /** The Mahalanobis distance as a length: ‖(x − μ) A‖ with the precision A Aᵀ. */
  private String distance(Gaussian gaussian) {
    int channels = gaussian.dimension();
    String centred =
        graph.add(
            "Sub",
            List.of(drawn.features(), graph.constant("gaussian.mean", gaussian.mean(), channels)));
    String spread =
        graph.add(
            "MatMul",
            List.of(
                centred,
                graph.constant("gaussian.factor", gaussian.precisionFactor(), channels, channels)));
    String squares = graph.add("Mul", List.of(spread, spread));
    String sum =
        graph.add("ReduceSum", List.of(squares, graph.list(1)), Attribute.one("keepdims", 0));
    return graph.toFloats(graph.add("Sqrt", List.of(sum)));
  }

  private String normalized(String name, String score, ScoreNormalization normalization) {
    return graph.add(
        "Div",
        List.of(
            less(name + ".mean", score, normalization.mean()),
            scalar(name + ".deviation", normalization.standardDeviation())));
  }

  private String less(String name, String values, double subtrahend) {
    return graph.add("Sub", List.of(values, scalar(name, subtrahend)));
  }

  private String scalar(String name, double value) {
    return graph.constant(name, new float[] {(float) value});
  }
}
