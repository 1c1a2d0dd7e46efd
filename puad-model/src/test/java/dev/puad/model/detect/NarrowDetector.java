package dev.puad.model.detect;

import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import dev.puad.model.stats.Gaussian;
import dev.puad.model.stats.VectorMoments;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** An untrained detector with the topology of tiny and few channels, made anew from its seeds. */
record NarrowDetector(PackedDetector packed, byte[] network) {

  static final Architecture ARCHITECTURE =
      new Architecture(
          "narrow",
          128,
          List.of(
              new Architecture.Block(4, 3, 3, true),
              new Architecture.Block(4, 3, 4, true),
              new Architecture.Block(3, 1, 4, false),
              new Architecture.Block(4, 0, 5, false)),
          null,
          List.of(4, 4, 6, 6, 6),
          4,
          5,
          new Architecture.Recipe(1e-3, 1e-3, 0, 0.2, 1));

  static NarrowDetector of(FeatureSource source) {
    byte[] teacherBytes;
    try (TeacherNetwork teacher = TeacherNetwork.random(ARCHITECTURE, 1)) {
      teacherBytes = teacher.bytes();
    }
    TeacherStatistics statistics =
        new TeacherStatistics(
            new double[] {0.1, -0.2, 0.3, 0, 0.5}, new double[] {1, 2, 0.5, 1.5, 1});
    try (TrainingNetwork training = TrainingNetwork.create(ARCHITECTURE, 2)) {
      return new NarrowDetector(
          PackedDetector.of(ARCHITECTURE, teacherBytes, training, statistics, source),
          training.bytes());
    }
  }

  /** A calibration that no image was seen for. */
  static Calibration calibration() {
    SplittableRandom random = new SplittableRandom(3);
    VectorMoments moments = new VectorMoments();
    for (int i = 0; i < 12; i++) {
      moments.add(random.doubles(ARCHITECTURE.channels()).toArray());
    }
    Scorer scorer =
        new Scorer(
            ARCHITECTURE.imageSize(),
            ARCHITECTURE.outputSize(),
            new MapScaling(0.1, 0.7, 1 / 3.0, 2.5),
            Gaussian.fit(moments));
    return new Calibration(
        scorer, new ScoreNormalization(0.3, 0.07), new ScoreNormalization(Math.PI, Math.E), 1.25);
  }

  static Bundle bundle(FeatureSource source) {
    NarrowDetector detector = of(source);
    return Bundle.of(
        new Bundle.Identity("toys", "black_circle", "puad", 7, "f00d"),
        "{\"steps\": 3, \"network\": \"narrow\"}",
        detector.packed(),
        detector.network(),
        calibration());
  }

  static float[] image(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] image = new float[ARCHITECTURE.imageLength()];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) random.nextGaussian();
    }
    return image;
  }

  /** What a detector says of an image, as one array to compare. */
  static double[] said(PackedDetector packed, float[] image) {
    Analysis analysis;
    try (Detector detector = packed.open()) {
      analysis = detector.analyze(image);
    }
    int positions = analysis.student().length;
    double[] all = Arrays.copyOf(analysis.features(), analysis.features().length + 2 * positions);
    for (int i = 0; i < positions; i++) {
      all[analysis.features().length + i] = analysis.student()[i];
      all[analysis.features().length + positions + i] = analysis.autoencoder()[i];
    }
    return all;
  }
}
