package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.NarrowNetworks;
import dev.puad.model.network.OfficialNetworks;
import dev.puad.model.onnx.FoldedNetworks;
import dev.puad.model.onnx.OnnxRun;
import dev.puad.model.onnx.OnnxSessions;
import dev.puad.model.stats.Gaussian;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All of PUAD in ONNX Runtime against the reference: DL4J's networks, judged in double. */
@ParameterizedClass
@EnumSource(names = {"PLAIN", "WINOGRAD"})
class ScoringGraphTest {

  /** Of the largest value; the worst of these outputs is off by 4.6e-6. */
  private static final double TOLERANCE = 1e-5;

  private static final Architecture ARCHITECTURE = NarrowNetworks.SIXTEEN_CHANNELS;

  private static final int WIDTH = 300;
  private static final int HEIGHT = 200;

  private static final List<byte[]> IMAGES =
      LongStream.range(0, 3).mapToObj(NarrowDetector::image).toList();

  private static final Map<FeatureSource, FoldedNetworks> NETWORKS =
      new EnumMap<>(FeatureSource.class);
  private static final Map<FeatureSource, List<Analysis>> ANALYSES =
      new EnumMap<>(FeatureSource.class);

  static {
    for (FeatureSource source : FeatureSource.values()) {
      PackedNetworks packed = NarrowDetector.of(ARCHITECTURE, source).packed();
      NETWORKS.put(source, packed.folded());
      try (Detector detector = packed.open(Device.cpu(1))) {
        ANALYSES.put(source, detector.analyze(IMAGES));
      }
    }
  }

  @Parameter private GraphVariant graph;

  @ParameterizedTest
  @EnumSource
  void mapsAndFeaturesAreTheReferences(FeatureSource source) throws OrtException {
    assertAnalyzed(run(source, calibration(MapVariant.PUAD)), ANALYSES.get(source));
  }

  @ParameterizedTest
  @EnumSource
  void thoseOfMediumAreTheReferencesToo(FeatureSource source) throws OrtException {
    PackedNetworks medium = NarrowDetector.of(NarrowNetworks.MEDIUM, source).packed();
    byte[] model = ScoringGraph.uncalibrated(medium.folded(), graph.style(), source);
    try (Detector reference = medium.open(Device.cpu(1))) {
      assertAnalyzed(inputs().of(model), reference.analyze(IMAGES));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsMadeOfThemIsTheReferences(FeatureSource source) throws OrtException {
    Calibration calibration = calibration(MapVariant.PUAD);
    assertJudged(run(source, calibration), source, calibration);
  }

  @ParameterizedTest
  @EnumSource
  void theSizeOfTheFileCountsWhereTheMapsAreNelsons(FeatureSource source) throws OrtException {
    Calibration calibration = calibration(MapVariant.NELSON1425);
    assertJudged(run(source, calibration), source, calibration);
  }

  /** Fewer vectors than channels may leave directions without a variance. */
  @Test
  void aSingularPrecisionMeasuresItsDirectionsAlone() throws OrtException {
    int channels = ARCHITECTURE.channels();
    double[] precision = new double[channels * channels];
    precision[0] = 4;
    precision[1] = -2;
    precision[channels] = -2;
    precision[channels + 1] = 1;
    Calibration calibration =
        NarrowDetector.calibration(MapVariant.PUAD, new Gaussian(new double[channels], precision));
    assertJudged(run(FeatureSource.STUDENT, calibration), FeatureSource.STUDENT, calibration);
  }

  /** From the official weights and images to the official scores, in one model. */
  @ParameterizedTest
  @EnumSource
  void scoresOfTheOfficialNetworksAreTheOfficialOnes(FeatureSource source) throws OrtException {
    JsonNode puad = OfficialMaps.expected().get("puad").get(source.title());
    Calibration calibration = CalibrationTest.official(source.title());
    List<byte[]> images = OfficialNetworks.pixels("networks/images/test-u8.npy");
    byte[] model =
        ScoringGraph.calibrated(
            OfficialDetectorTest.packed(source).folded(),
            graph.style(),
            source,
            calibration,
            Map.of());
    Map<String, float[]> found = inputs(OfficialMaps.IMAGE_SIZE, images).of(model);
    assertThat(images).hasSize(puad.get("puad_score").size());
    for (int i = 0; i < images.size(); i++) {
      // Two terms of either sign make the score: the tolerance is of the larger one.
      double scale =
          Math.max(
              Math.abs(found.get("picturable_z")[i]), Math.abs(found.get("unpicturable_z")[i]));
      assertThat((double) found.get("score")[i])
          .isCloseTo(
              puad.get("puad_score").get(i).doubleValue(), within(2e-4 * Math.max(scale, 1)));
    }
  }

  @Test
  void itSaysWhatItIs() throws OrtException {
    Map<String, String> metadata = Map.of("category", "toys", "version", "7", "threshold", "1.25");
    try (OrtSession session =
        OnnxSessions.open(
            model(FeatureSource.STUDENT, calibration(MapVariant.PUAD), metadata),
            1,
            OptionalInt.empty())) {
      assertThat(session.getMetadata().getCustomMetadata()).isEqualTo(metadata);
    }
  }

  @Test
  void withoutCalibrationItHasTheNetworksOutputsAlone() throws OrtException {
    byte[] model =
        ScoringGraph.uncalibrated(
            NETWORKS.get(FeatureSource.STUDENT), graph.style(), FeatureSource.STUDENT);
    assertThat(inputs().of(model).keySet())
        .containsExactly("student_map", "autoencoder_map", "features");
  }

  private Map<String, float[]> run(FeatureSource source, Calibration calibration)
      throws OrtException {
    OnnxRun run = inputs();
    if (calibration.scorer().variant() == MapVariant.NELSON1425) {
      run.list("file_size", HEIGHT, WIDTH);
    }
    return run.of(model(source, calibration, Map.of()));
  }

  private static OnnxRun inputs() throws OrtException {
    return inputs(ARCHITECTURE.imageSize(), IMAGES);
  }

  private static OnnxRun inputs(int side, List<byte[]> images) throws OrtException {
    ByteBuffer batch = ByteBuffer.allocate(images.size() * 3 * side * side);
    images.forEach(batch::put);
    return new OnnxRun().bytes("image", batch.array(), images.size(), side, side, 3);
  }

  private byte[] model(
      FeatureSource source, Calibration calibration, Map<String, String> metadata) {
    return ScoringGraph.calibrated(
        NETWORKS.get(source), graph.style(), source, calibration, metadata);
  }

  private static Calibration calibration(MapVariant variant) {
    return NarrowDetector.calibration(variant, NarrowDetector.gaussian(ARCHITECTURE.channels()));
  }

  private static void assertAnalyzed(Map<String, float[]> found, List<Analysis> analyses) {
    assertClose(found.get("student_map"), joined(analyses, a -> wide(a.student())));
    assertClose(found.get("autoencoder_map"), joined(analyses, a -> wide(a.autoencoder())));
    assertClose(found.get("features"), joined(analyses, Analysis::features));
  }

  private static void assertJudged(
      Map<String, float[]> found, FeatureSource source, Calibration calibration) {
    List<Calibration.Detection> expected =
        ANALYSES.get(source).stream().map(a -> calibration.detect(a, WIDTH, HEIGHT)).toList();
    assertClose(found.get("combined_map"), joined(expected, d -> wide(d.map())));
    assertClose(
        found.get("picturable"), expected.stream().mapToDouble(d -> d.scores().picturable()));
    assertClose(
        found.get("unpicturable"), expected.stream().mapToDouble(d -> d.scores().unpicturable()));
    // A z is a difference, and the score a sum: what they are off by is of their larger term.
    double picturable = scale(calibration.picturable());
    double unpicturable = scale(calibration.unpicturable());
    assertClose(
        found.get("picturable_z"),
        expected.stream().mapToDouble(Calibration.Detection::picturableZ).toArray(),
        picturable);
    assertClose(
        found.get("unpicturable_z"),
        expected.stream().mapToDouble(Calibration.Detection::unpicturableZ).toArray(),
        unpicturable);
    assertClose(
        found.get("score"),
        expected.stream().mapToDouble(Calibration.Detection::score).toArray(),
        picturable + unpicturable);
  }

  private static double scale(ScoreNormalization normalization) {
    return Math.abs(normalization.mean()) / normalization.standardDeviation();
  }

  private static <T> double[] joined(List<T> all, Function<T, double[]> values) {
    return all.stream().map(values).flatMapToDouble(Arrays::stream).toArray();
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static void assertClose(float[] actual, DoubleStream expected) {
    assertClose(actual, expected.toArray());
  }

  private static void assertClose(float[] actual, double[] expected) {
    assertClose(actual, expected, Arrays.stream(expected).map(Math::abs).max().orElseThrow());
  }

  private static void assertClose(float[] actual, double[] expected, double largest) {
    assertThat(actual).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    }
    assertThat(worst / largest).isLessThanOrEqualTo(TOLERANCE);
  }
}
