package dev.puad.model.detect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.puad.model.BadInputException;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.DetectionNetwork;
import dev.puad.model.network.TrainingNetwork;
import dev.puad.model.stats.Gaussian;
import dev.puad.model.weights.NpzFile;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * All a category needs to score and to train on: a directory of {@code manifest.json}, {@code
 * teacher.zip} and {@code network.zip} (DL4J), {@code teacher.npz} and {@code gaussian.npz}.
 *
 * @param manifest what the bundle says of itself
 * @param teacher the teacher as a DL4J model zip
 * @param network student, autoencoder and updater as a DL4J model zip
 * @param statistics the teacher's statistics
 * @param calibration of the DL4J variant
 */
public record Bundle(
    Manifest manifest,
    byte[] teacher,
    byte[] network,
    TeacherStatistics statistics,
    Calibration calibration) {

  private static final String MANIFEST = "manifest.json";
  private static final String TEACHER = "teacher.zip";
  private static final String NETWORK = "network.zip";
  private static final String STATISTICS = "teacher.npz";
  private static final String GAUSSIAN = "gaussian.npz";

  private static final List<String> FILES = List.of(TEACHER, NETWORK, STATISTICS, GAUSSIAN);

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** What identifies a bundle; see {@link Manifest}. */
  public record Identity(
      String dataset, String category, String method, long version, String fingerprint) {}

  /** A new bundle; its manifest gets its checksums when it is written. */
  public static Bundle of(
      Identity identity,
      String configuration,
      PackedDetector detector,
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
            detector.architecture(),
            detector.source().title(),
            calibration.scorer().variant().title(),
            tree(configuration),
            identity.fingerprint(),
            Map.of(Manifest.DL4J, variant),
            Map.of());
    return new Bundle(manifest, detector.teacher(), network, detector.statistics(), calibration);
  }

  /** The detector of this bundle, ready to travel. */
  public PackedDetector detector() {
    Architecture architecture = manifest.architecture();
    try (TrainingNetwork training = TrainingNetwork.read(architecture, network);
        DetectionNetwork detection = training.detection()) {
      return new PackedDetector(
          architecture,
          teacher,
          detection.bytes(),
          statistics,
          FeatureSource.named(manifest.features()));
    }
  }

  /**
   * Writes this bundle as a new directory: beside it first, then renamed, so that a directory of
   * that name is always whole.
   *
   * @return the checksum of the manifest, which covers every other file
   * @throws IOException if a file cannot be written, or the directory exists and is not empty
   */
  public String write(Path directory) throws IOException {
    Path target = directory.toAbsolutePath();
    Files.createDirectories(target.getParent());
    Path beside = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    Files.createDirectory(beside);
    try {
      String checksum = writeFiles(beside);
      Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
      return checksum;
    } catch (IOException | RuntimeException e) {
      discard(beside, e);
      throw e;
    }
  }

  /**
   * Opens a bundle whose manifest has a known checksum, and verifies every file.
   *
   * @param checksum what {@link #write} returned
   * @throws BadInputException if a file is missing or changed, or the format is newer than this
   *     code
   */
  public static Bundle open(Path directory, String checksum) {
    Bundle bundle = open(directory);
    try {
      if (!sha256(directory.resolve(MANIFEST)).equals(checksum)) {
        throw new BadInputException(
            "Cannot use bundle %s: its file %s has changed. Restore it or train again."
                .formatted(directory, MANIFEST));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bundle;
  }

  /**
   * Opens a bundle and verifies every file that its manifest names.
   *
   * @throws BadInputException if a file is missing or changed, or the format is newer than this
   *     code
   */
  public static Bundle open(Path directory) {
    try {
      Manifest manifest = manifest(directory);
      for (String file : FILES) {
        if (!sha256(directory.resolve(file)).equals(manifest.sha256().get(file))) {
          throw new BadInputException(
              "Cannot use bundle %s: its file %s has changed. Restore it or train again."
                  .formatted(directory, file));
        }
      }
      StateDict normalization = NpzFile.read(directory.resolve(STATISTICS));
      StateDict fitted = NpzFile.read(directory.resolve(GAUSSIAN));
      Architecture architecture = manifest.architecture();
      Manifest.Variant variant = manifest.variants().get(Manifest.DL4J);
      Scorer scorer =
          new Scorer(
              architecture.imageSize(),
              architecture.outputSize(),
              MapVariant.named(manifest.mapVariant()),
              variant.scaling(),
              new Gaussian(fitted.tensor("mean").doubles(), fitted.tensor("precision").doubles()));
      return new Bundle(
          manifest,
          Files.readAllBytes(directory.resolve(TEACHER)),
          Files.readAllBytes(directory.resolve(NETWORK)),
          new TeacherStatistics(
              normalization.tensor("mean").doubles(),
              normalization.tensor("standard-deviation").doubles()),
          new Calibration(
              scorer, variant.picturable(), variant.unpicturable(), variant.threshold()));
    } catch (NoSuchFileException e) {
      throw new BadInputException(
          "Cannot open bundle %s: file %s is missing. Restore it or train again."
              .formatted(directory, e.getFile()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What a bundle says of itself; its files are not verified.
   *
   * @throws IOException if the manifest cannot be read
   * @throws BadInputException if it is damaged, or its format is newer than this code
   */
  public static Manifest manifest(Path directory) throws IOException {
    byte[] bytes = Files.readAllBytes(directory.resolve(MANIFEST));
    try {
      JsonNode tree = JSON.readTree(bytes);
      if (!tree.isObject()) {
        throw damaged(directory, null);
      }
      int format = tree.path("format").asInt();
      if (format > Manifest.FORMAT) {
        throw new BadInputException(
            ("Cannot open bundle %s: its format %d is newer than %d, the newest this version"
                    + " knows. Use a newer PUAD.")
                .formatted(directory, format, Manifest.FORMAT));
      }
      return JSON.treeToValue(tree, Manifest.class);
    } catch (JsonProcessingException e) {
      throw damaged(directory, e);
    }
  }

  private static BadInputException damaged(Path directory, Throwable cause) {
    return new BadInputException(
        "Cannot open bundle %s: its manifest is damaged. Restore it or train again."
            .formatted(directory),
        cause);
  }

  /** Writes every file into an existing directory, and returns the checksum of the manifest. */
  private String writeFiles(Path directory) throws IOException {
    Files.write(directory.resolve(TEACHER), teacher);
    Files.write(directory.resolve(NETWORK), network);
    Map<String, Tensor> normalization = new LinkedHashMap<>();
    normalization.put("mean", vector(statistics.mean()));
    normalization.put("standard-deviation", vector(statistics.standardDeviation()));
    NpzFile.write(directory.resolve(STATISTICS), normalization);
    Gaussian gaussian = calibration.scorer().gaussian();
    int dimension = gaussian.dimension();
    Map<String, Tensor> fitted = new LinkedHashMap<>();
    fitted.put("mean", vector(gaussian.mean()));
    fitted.put("precision", Tensor.of(gaussian.precision(), dimension, dimension));
    NpzFile.write(directory.resolve(GAUSSIAN), fitted);
    Map<String, String> sha256 = new TreeMap<>();
    for (String file : FILES) {
      sha256.put(file, sha256(directory.resolve(file)));
    }
    JSON.writeValue(directory.resolve(MANIFEST).toFile(), with(sha256));
    return sha256(directory.resolve(MANIFEST));
  }

  /** Deletes what a failed write left; where that fails too, the first failure matters more. */
  private static void discard(Path beside, Exception failure) {
    try {
      for (String file : FILES) {
        Files.deleteIfExists(beside.resolve(file));
      }
      Files.deleteIfExists(beside.resolve(MANIFEST));
      Files.deleteIfExists(beside);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private Manifest with(Map<String, String> sha256) {
    return new Manifest(
        manifest.format(),
        manifest.dataset(),
        manifest.category(),
        manifest.method(),
        manifest.version(),
        manifest.architecture(),
        manifest.features(),
        manifest.mapVariant(),
        manifest.configuration(),
        manifest.fingerprint(),
        manifest.variants(),
        sha256);
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Configuration must be JSON: " + json, e);
    }
  }

  private static Tensor vector(double[] values) {
    return Tensor.of(values, values.length);
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
