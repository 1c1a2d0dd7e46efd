package dev.puad.model.detect;

import dev.puad.model.BadInputException;
import dev.puad.model.onnx.NetworkGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Whose globally pooled output the Mahalanobis distance is taken of (PUAD table 1). */
public enum FeatureSource {
  /** The student's former half: the paper's choice, better at logical anomalies. */
  STUDENT,
  /** The normalised teacher: better at structural anomalies. */
  TEACHER;

  /**
   * The source of that name, in lower case.
   *
   * @throws BadInputException if there is none
   */
  public static FeatureSource named(String name) {
    for (FeatureSource source : values()) {
      if (source.title().equals(name)) {
        return source;
      }
    }
    throw new BadInputException(
        "Cannot take unpicturable features from %s. Choose student or teacher.".formatted(name));
  }

  /** The names of the sources, in lower case. */
  public static List<String> names() {
    return Arrays.stream(values()).map(FeatureSource::title).toList();
  }

  NetworkGraph.Pooled pooled() {
    return switch (this) {
      case STUDENT -> NetworkGraph.Pooled.STUDENT;
      case TEACHER -> NetworkGraph.Pooled.TEACHER;
    };
  }

  /** The name in lower case. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }
}
