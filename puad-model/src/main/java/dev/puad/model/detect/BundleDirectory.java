package dev.puad.model.detect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.puad.model.BadInputException;
import dev.puad.model.Sha256;
import dev.puad.model.onnx.NetworkGraph;
import dev.puad.model.stats.Gaussian;
import dev.puad.model.weights.NpzFile;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** A bundle's files: how they are written, verified and read. */
final class BundleDirectory {

  static final String ONNX = "puad.onnx";

  private static final String MANIFEST = "manifest.json";
  private static final String TEACHER = "teacher.zip";
  private static final String NETWORK = "network.zip";
  private static final String STATISTICS = "teacher.npz";
  private static final String GAUSSIAN = "gaussian.npz";

  private static final List<String> FILES = List.of(ONNX, TEACHER, NETWORK, STATISTICS, GAUSSIAN);

  private static final String MEAN = "mean";
  private static final String PRECISION = "precision";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private BundleDirectory() {}

  /**
   * Writes a bundle as a new directory: beside it first, then renamed, so that a directory of that
   * name is always whole.
   *
   * @return the checksum of the manifest, which covers every other file
   * @throws IOException if a file cannot be written, or the directory exists and is not empty
   */
  static String write(Bundle bundle, Path directory) throws IOException {
    Path target = directory.toAbsolutePath();
    Files.createDirectories(target.getParent());
    Path beside = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    Files.createDirectory(beside);
    try {
      String checksum = writeFiles(bundle, beside);
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
   * @throws BadInputException if a file is missing, changed or cannot be read, or the format is
   *     newer than this code
   */
  static Bundle open(Path directory, String checksum) {
    Bundle bundle = open(directory);
    try {
      if (!Sha256.of(directory.resolve(MANIFEST)).equals(checksum)) {
        throw new BadInputException(
            "Cannot use bundle %s: its file %s has changed. Restore it or train again."
                .formatted(directory, MANIFEST));
      }
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
    return bundle;
  }

  /**
   * Opens a bundle and verifies every file that its manifest names.
   *
   * @throws BadInputException if a file is missing, changed or cannot be read, or the format is
   *     newer than this code
   */
  static Bundle open(Path directory) {
    try {
      Manifest manifest = manifest(directory);
      for (String file : files(manifest)) {
        if (!Sha256.of(directory.resolve(file)).equals(manifest.sha256().get(file))) {
          throw new BadInputException(
              "Cannot use bundle %s: its file %s has changed. Restore it or train again."
                  .formatted(directory, file));
        }
      }
      StateDict normalization = NpzFile.read(directory.resolve(STATISTICS));
      TeacherStatistics statistics =
          new TeacherStatistics(
              normalization.tensor("mean").doubles(),
              normalization.tensor("standard-deviation").doubles());
      Map<String, Calibration> calibrations =
          calibrations(manifest, NpzFile.read(directory.resolve(GAUSSIAN)));
      byte[] teacher = Files.readAllBytes(directory.resolve(TEACHER));
      byte[] network = Files.readAllBytes(directory.resolve(NETWORK));
      byte[] onnx =
          hasOnnx(manifest)
              ? Files.readAllBytes(directory.resolve(ONNX))
              : Bundle.onnx(
                  manifest,
                  Bundle.networks(manifest, teacher, network, statistics).folded(),
                  NetworkGraph.Style.PLAIN,
                  calibrations.get(GraphVariant.PLAIN.statistics()));
      // An operator set, weights or other constants that cannot be used are refused now, not by a
      // task on an executor. Nodes are not looked at: what is scored with is drawn anew.
      Bundle.folded(manifest, onnx, directory.resolve(ONNX).toString());
      return new Bundle(manifest, onnx, teacher, network, statistics, calibrations);
    } catch (NoSuchFileException e) {
      throw new BadInputException(
          "Cannot open bundle %s: file %s is missing. Restore it or train again."
              .formatted(directory, e.getFile()),
          e);
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
  }

  private static BadInputException unreadable(Path directory, IOException failure) {
    return new BadInputException(
        "Cannot open bundle %s: %s. Make it readable, restore it or train again."
            .formatted(directory, failure),
        failure);
  }

  /**
   * What a bundle says of itself; its files are not verified.
   *
   * @throws IOException if the manifest cannot be read
   * @throws BadInputException if it is damaged, or its format is newer than this code
   */
  static Manifest manifest(Path directory) throws IOException {
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

  private static boolean hasOnnx(Manifest manifest) {
    return manifest.format() > Manifest.WITHOUT_ONNX;
  }

  private static List<String> files(Manifest manifest) {
    return hasOnnx(manifest) ? FILES : FILES.stream().filter(file -> !file.equals(ONNX)).toList();
  }

  private static Map<String, Calibration> calibrations(Manifest manifest, StateDict fitted) {
    Map<String, Calibration> calibrations = new LinkedHashMap<>();
    manifest
        .variants()
        .forEach(
            (name, variant) ->
                calibrations.put(
                    name,
                    new Calibration(
                        new Scorer(
                            manifest.architecture().imageSize(),
                            manifest.architecture().outputSize(),
                            MapVariant.named(manifest.mapVariant()),
                            variant.scaling(),
                            gaussian(fitted, hasOnnx(manifest) ? name + "." : "")),
                        variant.picturable(),
                        variant.unpicturable(),
                        variant.threshold(),
                        variant.fit())));
    return calibrations;
  }

  /** The Gaussian of one arithmetic, by its name; when there was one only, it had none. */
  private static Gaussian gaussian(StateDict fitted, String prefix) {
    return new Gaussian(
        fitted.tensor(prefix + MEAN).doubles(), fitted.tensor(prefix + PRECISION).doubles());
  }

  private static BadInputException damaged(Path directory, Throwable cause) {
    return new BadInputException(
        "Cannot open bundle %s: its manifest is damaged. Restore it or train again."
            .formatted(directory),
        cause);
  }

  /** Writes every file into an existing directory, and returns the checksum of the manifest. */
  private static String writeFiles(Bundle bundle, Path directory) throws IOException {
    Files.write(directory.resolve(ONNX), bundle.onnx());
    Files.write(directory.resolve(TEACHER), bundle.teacher());
    Files.write(directory.resolve(NETWORK), bundle.network());
    Map<String, Tensor> normalization = new LinkedHashMap<>();
    normalization.put("mean", vector(bundle.statistics().mean()));
    normalization.put("standard-deviation", vector(bundle.statistics().standardDeviation()));
    NpzFile.write(directory.resolve(STATISTICS), normalization);
    Map<String, Tensor> fitted = new LinkedHashMap<>();
    bundle
        .calibrations()
        .forEach(
            (name, calibration) -> {
              Gaussian gaussian = calibration.scorer().gaussian();
              int dimension = gaussian.dimension();
              fitted.put(name + "." + MEAN, vector(gaussian.mean()));
              fitted.put(
                  name + "." + PRECISION, Tensor.of(gaussian.precision(), dimension, dimension));
            });
    NpzFile.write(directory.resolve(GAUSSIAN), fitted);
    Map<String, String> sha256 = new TreeMap<>();
    for (String file : FILES) {
      sha256.put(file, Sha256.of(directory.resolve(file)));
    }
    JSON.writeValue(directory.resolve(MANIFEST).toFile(), bundle.manifest().with(sha256));
    return Sha256.of(directory.resolve(MANIFEST));
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

  private static Tensor vector(double[] values) {
    return Tensor.of(values, values.length);
  }
}
