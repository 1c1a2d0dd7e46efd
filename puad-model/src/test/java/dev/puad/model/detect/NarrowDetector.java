package dev.puad.model.detect;

import dev.puad.model.network.Architecture;
import dev.puad.model.network.NarrowNetworks;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import dev.puad.model.stats.Gaussian;
import dev.puad.model.stats.VectorMoments;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** An untrained detector with the topology of tiny and few channels, made anew from its seeds. */
record NarrowDetector(PackedNetworks packed, byte[] network) {

  static final Architecture ARCHITECTURE = NarrowNetworks.ARCHITECTURE;

  private static final double[] MEAN = {0.1, -0.2, 0.3, 0, 0.5};
  private static final double[] DEVIATION = {1, 2, 0.5, 1.5, 1};

  static NarrowDetector of(FeatureSource source) {
    return of(ARCHITECTURE, source);
  }

  static NarrowDetector of(Architecture architecture, FeatureSource source) {
    byte[] teacherBytes;
    try (TeacherNetwork teacher = TeacherNetwork.random(architecture, 1)) {
      teacherBytes = teacher.bytes();
    }
    TeacherStatistics statistics =
        new TeacherStatistics(
            repeated(MEAN, architecture.channels()), repeated(DEVIATION, architecture.channels()));
    try (TrainingNetwork training = TrainingNetwork.create(architecture, 2)) {
      return new NarrowDetector(
          PackedNetworks.of(architecture, teacherBytes, training, statistics, source),
          training.bytes());
    }
  }

  /** A calibration that no image was seen for. */
  static Calibration calibration(MapVariant variant) {
    return calibration(variant, gaussian(ARCHITECTURE.channels()));
  }

  static Calibration calibration(MapVariant variant, Gaussian gaussian) {
    Scorer scorer =
        new Scorer(
            ARCHITECTURE.imageSize(),
            ARCHITECTURE.outputSize(),
            variant,
            new MapScaling(0.1, 0.7, 1 / 3.0, 2.5),
            gaussian);
    return new Calibration(
        scorer, new ScoreNormalization(0.3, 0.07), new ScoreNormalization(Math.PI, Math.E), 1.25);
  }

  /** Of twelve vectors of so many channels. */
  static Gaussian gaussian(int channels) {
    SplittableRandom random = new SplittableRandom(3);
    VectorMoments moments = new VectorMoments();
    for (int i = 0; i < 12; i++) {
      moments.add(random.doubles(channels).toArray());
    }
    return Gaussian.fit(moments);
  }

  static Bundle bundle(FeatureSource source) {
    return bundle(source, MapVariant.PUAD);
  }

  static Bundle bundle(FeatureSource source, MapVariant variant) {
    return bundle(ARCHITECTURE, source, variant);
  }

  static Bundle bundle(Architecture architecture, FeatureSource source, MapVariant variant) {
    NarrowDetector detector = of(architecture, source);
    return Bundle.of(
        new Bundle.Identity("toys", "black_circle", "puad", 7, "f00d"),
        "{\"steps\": 3, \"network\": \"narrow\"}",
        detector.packed(),
        detector.network(),
        Map.of(
            GraphVariant.PLAIN.statistics(),
            calibration(variant, gaussian(architecture.channels()))));
  }

  /** An image of smooth shades, whose maps are not the same everywhere. */
  static byte[] image(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] image = new byte[ARCHITECTURE.imageLength()];
    int side = ARCHITECTURE.imageSize();
    double slope = random.nextDouble(0.02, 0.2);
    for (int i = 0; i < image.length; i++) {
      int x = i / 3 % side;
      int y = i / 3 / side;
      double shade = 128 + 60 * Math.sin(slope * x) + 40 * Math.cos(y / 7.0);
      image[i] = (byte) (shade + random.nextDouble(-8, 8));
    }
    return image;
  }

  /** What a detector says of an image, as one array to compare. */
  static double[] said(PackedDetector packed, byte[] image) {
    try (Detector detector = packed.open(Device.cpu(1))) {
      return joined(detector.analyze(List.of(image)).get(0));
    }
  }

  /** An analysis as one array: features, student map, autoencoder map. */
  static double[] joined(Analysis analysis) {
    int positions = analysis.student().length;
    double[] all = Arrays.copyOf(analysis.features(), analysis.features().length + 2 * positions);
    for (int i = 0; i < positions; i++) {
      all[analysis.features().length + i] = analysis.student()[i];
      all[analysis.features().length + positions + i] = analysis.autoencoder()[i];
    }
    return all;
  }

  private static double[] repeated(double[] values, int length) {
    double[] all = new double[length];
    for (int i = 0; i < length; i++) {
      all[i] = values[i % values.length];
    }
    return all;
  }
}
