package dev.puad.jobs.pipeline;

import dev.puad.jobs.table.ModelFamily;
import dev.puad.jobs.table.ModelRow;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.Calibration;
import dev.puad.model.detect.FeatureSource;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.detect.MapScaling;
import dev.puad.model.detect.MapVariant;
import dev.puad.model.detect.PackedNetworks;
import dev.puad.model.detect.ScoreNormalization;
import dev.puad.model.detect.Scorer;
import dev.puad.model.detect.TeacherStatistics;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import dev.puad.model.stats.Gaussian;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A whole bundle of untrained networks: it scores as a trained one does, without the training. */
public final class UntrainedBundle {

  public static final String DATASET = "tests";
  public static final String METHOD = "puad";
  public static final double THRESHOLD = 12;

  private static final Map<Architecture, Networks> NETWORKS = new ConcurrentHashMap<>();

  private UntrainedBundle() {}

  /** Version 1 of a category. */
  public static Bundle of(String category) {
    return of(category, MapVariant.PUAD, Architecture.TINY);
  }

  static Bundle of(String category, MapVariant variant, Architecture architecture) {
    int channels = architecture.channels();
    double[] identity = new double[channels * channels];
    for (int i = 0; i < channels; i++) {
      identity[i * channels + i] = 1;
    }
    Scorer scorer =
        new Scorer(
            architecture.imageSize(),
            architecture.outputSize(),
            variant,
            new MapScaling(0.5, 1.5, 0.25, 0.75),
            new Gaussian(new double[channels], identity));
    Calibration calibration =
        new Calibration(
            scorer, new ScoreNormalization(0.5, 0.25), new ScoreNormalization(2, 0.5), THRESHOLD);
    Networks networks = NETWORKS.computeIfAbsent(architecture, Networks::of);
    return Bundle.of(
        new Bundle.Identity(DATASET, category, METHOD, 1, "fingerprint"),
        "{}",
        networks.detector(),
        networks.trained(),
        Map.of(GraphVariant.PLAIN.statistics(), calibration));
  }

  /** Making them takes seconds, and they are the same for every category. */
  private record Networks(PackedNetworks detector, byte[] trained) {

    static Networks of(Architecture architecture) {
      double[] ones = new double[architecture.channels()];
      Arrays.fill(ones, 1);
      TeacherStatistics statistics =
          new TeacherStatistics(new double[architecture.channels()], ones);
      try (TeacherNetwork teacher = TeacherNetwork.random(architecture, 1);
          TrainingNetwork network = TrainingNetwork.create(architecture, 1)) {
        return new Networks(
            PackedNetworks.of(
                architecture, teacher.bytes(), network, statistics, FeatureSource.STUDENT),
            network.bytes());
      }
    }
  }

  /** What {@code puad.models} would say of a version of such a bundle. */
  static ModelRow row(String category, long version) {
    return row(category, version, Path.of("/no/such/folder"), "checksum");
  }

  /** What {@code puad.models} says of a version that is in a folder. */
  public static ModelRow row(String category, long version, Path folder, String checksum) {
    return new ModelRow(
        new ModelFamily(DATASET, category, METHOD),
        version,
        Instant.parse("2026-11-03T10:00:00Z"),
        "{}",
        "fingerprint",
        "{}",
        folder.toString(),
        checksum,
        "ready");
  }
}
