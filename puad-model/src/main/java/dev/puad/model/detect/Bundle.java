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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

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
 * @param calibrations by the {@linkplain GraphVariant#statistics() arithmetic} they hold for
 */
public record Bundle(
    Manifest manifest,
    byte[] onnx,
    byte[] teacher,
    byte[] network,
    TeacherStatistics statistics,
    Map<String, Calibration> calibrations) {

  public Bundle {
    calibrations = Collections.unmodifiableMap(new TreeMap<>(calibrations));
  }

  /** What identifies a bundle; see {@link Manifest}. */
  public record Identity(
      String dataset, String category, String method, long version, String fingerprint) {}

  /**
   * A new bundle; its manifest gets its checksums when it is written.
   *
   * @param calibrations by the {@linkplain GraphVariant#statistics() arithmetic} they hold for,
   *     that of the plain graph among them
   */
  public static Bundle of(
      Identity identity,
      String configuration,
      PackedNetworks networks,
      byte[] network,
      Map<String, Calibration> calibrations) {
    Calibration plain = calibrations.get(GraphVariant.PLAIN.statistics());
    Map<String, Manifest.Variant> variants = new LinkedHashMap<>();
    new TreeMap<>(calibrations)
        .forEach((name, calibration) -> variants.put(name, Manifest.Variant.of(calibration)));
    Manifest manifest =
        new Manifest(
            Manifest.FORMAT,
            identity.dataset(),
            identity.category(),
            identity.method(),
            identity.version(),
            networks.architecture(),
            networks.source().title(),
            plain.scorer().variant().title(),
            tree(configuration),
            identity.fingerprint(),
            variants,
            Map.of());
    return new Bundle(
        manifest,
        onnx(manifest, networks.folded(), NetworkGraph.Style.PLAIN, plain),
        networks.teacher(),
        network,
        networks.statistics(),
        calibrations);
  }

  /**
   * What judges by the maps and features of a graph.
   *
   * @throws BadInputException if this bundle has no statistics of the graph's arithmetic
   */
  public Calibration calibration(GraphVariant graph) {
    Calibration calibration = calibrations.get(graph.statistics());
    if (calibration == null) {
      throw new BadInputException(
          ("Cannot judge by graph %s with version %d of category %s: it has no statistics for %s,"
                  + " only for %s. Train it again, or choose another graph.")
              .formatted(
                  graph.title(),
                  manifest.version(),
                  manifest.category(),
                  graph.statistics(),
                  String.join(", ", calibrations.keySet())));
    }
    return calibration;
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
   * All of this bundle as an ONNX model: the plain one as it is stored, another one drawn anew with
   * its weights.
   *
   * @throws IllegalArgumentException if the variant is no ONNX model
   * @throws BadInputException if this bundle has no statistics of its arithmetic
   */
  public byte[] onnx(GraphVariant variant) {
    if (variant == GraphVariant.PLAIN) {
      return onnx;
    }
    return onnx(
        manifest,
        folded(manifest, onnx, BundleDirectory.ONNX),
        variant.style(),
        calibration(variant));
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
   * @throws BadInputException if a file is missing, changed or cannot be read, or the format is
   *     newer than this code
   */
  public static Bundle open(Path directory) {
    return BundleDirectory.open(directory);
  }

  /**
   * Opens a bundle whose manifest has a known checksum, and verifies every file.
   *
   * @param checksum what {@link #write} returned
   * @throws BadInputException if a file is missing, changed or cannot be read, or the format is
   *     newer than this code
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
