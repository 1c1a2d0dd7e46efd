package dev.puad.model.detect;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.puad.model.network.Architecture;
import java.util.Map;

/**
 * What a bundle says of itself, {@code manifest.json}.
 *
 * @param format the version of the bundle's format, from 1
 * @param dataset the data set the category belongs to
 * @param category the category it was trained on
 * @param method the detector, {@code puad}
 * @param version the bundle's version within its category
 * @param architecture the networks' sizes
 * @param features whose features are pooled, {@code student} or {@code teacher}
 * @param mapVariant whose code the anomaly maps follow, {@code puad} or {@code nelson1425}; in
 *     format 1, which does not say, {@code puad}
 * @param configuration the resolved configuration it was trained with
 * @param fingerprint of that configuration and the training data
 * @param variants statistics by the {@linkplain GraphVariant#statistics() arithmetic} of the graphs
 *     that score with them: with another one, other statistics hold. Those of the plain graph are
 *     always there
 * @param sha256 the checksum of every other file, by name; empty until the bundle is written
 */
public record Manifest(
    int format,
    String dataset,
    String category,
    String method,
    long version,
    Architecture architecture,
    String features,
    String mapVariant,
    JsonNode configuration,
    String fingerprint,
    Map<String, Variant> variants,
    Map<String, String> sha256) {

  /** The format this code writes; older ones are readable, newer ones are refused. */
  public static final int FORMAT = 3;

  /** The last format that knew one map variant only. */
  private static final int WITHOUT_MAP_VARIANT = 1;

  /** The last format without an ONNX model, whose statistics are those of DL4J's graph. */
  static final int WITHOUT_ONNX = 2;

  private static final String DL4J = "dl4j";

  public Manifest {
    if (format < 1) {
      throw new IllegalArgumentException("There is no format %d.".formatted(format));
    }
    requireNonNull(dataset, "dataset");
    requireNonNull(category, "category");
    requireNonNull(method, "method");
    requireNonNull(architecture, "architecture");
    requireNonNull(features, "features");
    if (format == WITHOUT_MAP_VARIANT) {
      mapVariant = MapVariant.PUAD.title();
    }
    requireNonNull(mapVariant, "mapVariant");
    requireNonNull(configuration, "configuration");
    requireNonNull(fingerprint, "fingerprint");
    requireNonNull(variants, "variants");
    if (format <= WITHOUT_ONNX) {
      variants = Map.of(GraphVariant.DL4J.statistics(), requireNonNull(variants.get(DL4J), DL4J));
    }
    variants.forEach((name, variant) -> requireNonNull(variant, name));
    // The model that every bundle holds is calibrated with them.
    requireNonNull(variants.get(GraphVariant.PLAIN.statistics()), "variants");
    requireNonNull(sha256, "sha256");
  }

  /** The same of files with these checksums, in the format this code writes. */
  Manifest with(Map<String, String> sha256) {
    return new Manifest(
        Manifest.FORMAT,
        dataset,
        category,
        method,
        version,
        architecture,
        features,
        mapVariant,
        configuration,
        fingerprint,
        variants,
        sha256);
  }

  /**
   * Statistics of one arithmetic; its Gaussian is in {@code gaussian.npz}, by the same name.
   *
   * @param fit how they were fitted; manifests that do not say may be read
   */
  public record Variant(
      MapScaling scaling,
      ScoreNormalization picturable,
      ScoreNormalization unpicturable,
      double threshold,
      Fit fit) {

    public Variant {
      requireNonNull(scaling, "scaling");
      requireNonNull(picturable, "picturable");
      requireNonNull(unpicturable, "unpicturable");
      fit = requireNonNullElse(fit, Fit.UNKNOWN);
    }

    static Variant of(Calibration calibration) {
      return new Variant(
          calibration.scorer().scaling(),
          calibration.picturable(),
          calibration.unpicturable(),
          calibration.threshold(),
          calibration.fit());
    }
  }
}
