package dev.puad.jobs.pipeline;

import dev.puad.jobs.table.ModelFamily;
import dev.puad.jobs.table.ModelRow;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.Calibration;
import dev.puad.model.detect.FeatureSource;
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
import java.time.Instant;
import java.util.Arrays;

/** A whole bundle of untrained networks: it scores as a trained one does, without the training. */
final class UntrainedBundle {

  static final String DATASET = "tests";
  static final String METHOD = "puad";
  static final double THRESHOLD = 12;

  private UntrainedBundle() {}

  /** Version 1 of a category. */
  static Bundle of(String category) {
    return of(category, MapVariant.PUAD);
  }

  static Bundle of(String category, MapVariant variant) {
    return of(Architecture.TINY, category, variant);
  }

  static Bundle of(Architecture architecture, String category, MapVariant variant) {
    int channels = architecture.channels();
    double[] ones = new double[channels];
    Arrays.fill(ones, 1);
    double[] identity = new double[channels * channels];
    for (int i = 0; i < channels; i++) {
      identity[i * channels + i] = 1;
    }
    TeacherStatistics statistics = new TeacherStatistics(new double[channels], ones);
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
    try (TeacherNetwork teacher = TeacherNetwork.random(architecture, 1);
        TrainingNetwork network = TrainingNetwork.create(architecture, 1)) {
      PackedNetworks detector =
          PackedNetworks.of(
              architecture, teacher.bytes(), network, statistics, FeatureSource.STUDENT);
      return Bundle.of(
          new Bundle.Identity(DATASET, category, METHOD, 1, "fingerprint"),
          "{}",
          detector,
          network.bytes(),
          calibration);
    }
  }

  /** What {@code puad.models} would say of a version of such a bundle. */
  static ModelRow row(String category, long version) {
    return new ModelRow(
        new ModelFamily(DATASET, category, METHOD),
        version,
        Instant.parse("2026-11-03T10:00:00Z"),
        "{}",
        "fingerprint",
        "{}",
        "/no/such/folder",
        "checksum",
        "ready");
  }
}
