package dev.puad.model.detect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.BadInputException;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.DetectionNetwork;
import dev.puad.model.network.TrainingNetwork;
import dev.puad.model.onnx.FoldedNetworks;
import dev.puad.model.onnx.NetworkGraph;
import dev.puad.model.onnx.OnnxWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * All a category needs to score and to train on: a directory of {@code manifest.json}, {@code
 * puad.onnx} to score with, {@code teacher.zip} and {@code network.zip} (DL4J) to train on, {@code
 * teacher.npz} and {@code gaussian.npz}.
 *
 * @param manifest what the bundle says of itself
 * @param onnx all of it as a {@linkplain ScoringGraph plain ONNX model}
 * @param teacher the teacher as a DL4J model zip
 * @param network student, autoencoder and updater as a DL4J model zip
 * @param statistics the teacher's statistics
 * @param calibration of the graphs in float32
 */
public record Bundle(
    Manifest manifest,
    byte[] onnx,
    byte[] teacher,
    byte[] network,
    TeacherStatistics statistics,
    Calibration calibration) {

  /** What identifies a bundle; see {@link Manifest}. */
  public record Identity(
      String dataset, String category, String method, long version, String fingerprint) {}

  /** A new bundle; its manifest gets its checksums when it is written. */
  public static Bundle of(
      Identity identity,
      String configuration,
      PackedNetworks networks,
      byte[] network,
      Calibration calibration) {
    Manifest.Variant variant =
        new Manifest.Variant(
            calibration.scorer().scaling(),
            calibration.picturable(),
            calibration.unpicturable(),
            calibration.threshold());
    Manifest manifest =
        new Manifest(
            Manifest.FORMAT,
            identity.dataset(),
            identity.category(),
            identity.method(),
            identity.version(),
            networks.architecture(),
            networks.source().title(),
            calibration.scorer().variant().title(),
            tree(configuration),
            identity.fingerprint(),
            Map.of(GraphVariant.FLOAT32, variant),
            Map.of());
    return new Bundle(
        manifest,
        onnx(manifest, networks.folded(), NetworkGraph.Style.PLAIN, calibration),
        networks.teacher(),
        network,
        networks.statistics(),
        calibration);
  }

  /** The networks of this bundle as they were trained, without training state. */
  public PackedNetworks networks() {
    return networks(manifest, teacher, network, statistics);
  }

  /** The networks of this bundle, ready to travel and to be computed by a graph. */
  public PackedDetector detector(GraphVariant variant) {
    return switch (variant) {
      case DL4J -> networks();
      case PLAIN, WINOGRAD ->
          new PackedGraph(manifest.architecture(), onnx, variant.style(), source(manifest));
    };
  }

  /**
   * All of this bundle as an ONNX model.
   *
   * @throws IllegalArgumentException if the variant is no ONNX model
   */
  public byte[] onnx(GraphVariant variant) {
    return onnx(
        manifest, folded(manifest, onnx, BundleDirectory.ONNX), variant.style(), calibration);
  }

  private static FeatureSource source(Manifest manifest) {
    return FeatureSource.named(manifest.features());
  }

  static PackedNetworks networks(
      Manifest manifest, byte[] teacher, byte[] network, TeacherStatistics statistics) {
    Architecture architecture = manifest.architecture();
    try (TrainingNetwork training = TrainingNetwork.read(architecture, network);
        DetectionNetwork detection = training.detection()) {
      return new PackedNetworks(
          architecture, teacher, detection.bytes(), statistics, source(manifest));
    }
  }

  static FoldedNetworks folded(Manifest manifest, byte[] onnx, String file) {
    return FoldedNetworks.of(manifest.architecture(), OnnxWeights.read(onnx, file));
  }

  static byte[] onnx(
      Manifest manifest,
      FoldedNetworks networks,
      NetworkGraph.Style style,
      Calibration calibration) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("dataset", manifest.dataset());
    metadata.put("category", manifest.category());
    metadata.put("method", manifest.method());
    metadata.put("version", Long.toString(manifest.version()));
    metadata.put("threshold", Double.toString(calibration.threshold()));
    metadata.put("features", manifest.features());
    metadata.put("map_variant", manifest.mapVariant());
    metadata.put("network", manifest.architecture().name());
    metadata.put("graph", style.name().toLowerCase(Locale.ROOT));
    metadata.put("fingerprint", manifest.fingerprint());
    return ScoringGraph.calibrated(networks, style, source(manifest), calibration, metadata);
  }

  /**
   * Writes this bundle as a new directory: beside it first, then renamed, so that a directory of
   * that name is always whole.
   *
   * @return the checksum of the manifest, which covers every other file
   * @throws IOException if a file cannot be written, or the directory exists and is not empty
   */
  public String write(Path directory) throws IOException {
    return BundleDirectory.write(this, directory);
  }

  /**
   * Opens a bundle and verifies every file that its manifest names.
   *
   * @throws BadInputException if a file is missing or changed, or the format is newer than this
   *     code
   */
  public static Bundle open(Path directory) {
    return BundleDirectory.open(directory);
  }

  /**
   * Opens a bundle whose manifest has a known checksum, and verifies every file.
   *
   * @param checksum what {@link #write} returned
   * @throws BadInputException if a file is missing or changed, or the format is newer than this
   *     code
   */
  public static Bundle open(Path directory, String checksum) {
    return BundleDirectory.open(directory, checksum);
  }

  /**
   * What a bundle says of itself; its files are not verified.
   *
   * @throws IOException if the manifest cannot be read
   * @throws BadInputException if it is damaged, or its format is newer than this code
   */
  public static Manifest manifest(Path directory) throws IOException {
    return BundleDirectory.manifest(directory);
  }

  private static JsonNode tree(String json) {
    try {
      return new ObjectMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Configuration must be JSON: " + json, e);
    }
  }
}
