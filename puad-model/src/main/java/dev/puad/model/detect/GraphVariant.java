package dev.puad.model.detect;

import dev.puad.model.BadInputException;
import dev.puad.model.onnx.NetworkGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The graphs that can compute a bundle's maps and features, all of the same weights. */
public enum GraphVariant {
  /** Deeplearning4j's, with which the networks were trained: the reference. */
  DL4J,
  /** ONNX Runtime's own convolutions: for GPUs. */
  PLAIN,
  /** ONNX Runtime with Winograd's minimal filtering: for CPUs. */
  WINOGRAD;

  /** The statistics that hold for arithmetic in float32, whose graphs differ in rounding alone. */
  private static final String FLOAT32 = "float32";

  /**
   * The variant of that name, in lower case.
   *
   * @throws BadInputException if there is none
   */
  public static GraphVariant named(String name) {
    for (GraphVariant variant : values()) {
      if (variant.title().equals(name)) {
        return variant;
      }
    }
    throw new BadInputException(
        "Cannot score with a graph named %s. Choose one of: %s."
            .formatted(name, String.join(", ", names())));
  }

  /** The names of the variants, in lower case. */
  public static List<String> names() {
    return Arrays.stream(values()).map(GraphVariant::title).toList();
  }

  /** The name in lower case. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * How this variant's ONNX model computes convolutions.
   *
   * @throws IllegalArgumentException if it is no ONNX model
   */
  NetworkGraph.Style style() {
    return switch (this) {
      case DL4J -> throw new IllegalArgumentException("DL4J's graph is no ONNX model.");
      case PLAIN -> NetworkGraph.Style.PLAIN;
      case WINOGRAD -> NetworkGraph.Style.WINOGRAD;
    };
  }

  /**
   * The name of the statistics that it scores with: quantiles, Gaussian, moments and threshold hold
   * for the arithmetic they were fitted with.
   */
  public String statistics() {
    return switch (this) {
      case DL4J, PLAIN, WINOGRAD -> FLOAT32;
    };
  }
}
