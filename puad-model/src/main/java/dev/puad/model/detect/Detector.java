package dev.puad.model.detect;

import dev.puad.model.network.DetectionNetwork;
import dev.puad.model.network.TeacherNetwork;

/**
 * The networks of one bundle, opened: images in, anomaly maps and features out.
 *
 * <p>Not thread-safe: one detector a task, closed with it.
 */
public final class Detector implements AutoCloseable {

  private final TeacherNetwork teacher;
  private final DetectionNetwork network;
  private final TeacherStatistics statistics;
  private final FeatureSource source;

  Detector(
      TeacherNetwork teacher,
      DetectionNetwork network,
      TeacherStatistics statistics,
      FeatureSource source) {
    this.teacher = teacher;
    this.network = network;
    this.statistics = statistics;
    this.source = source;
  }

  /**
   * Analyses one image.
   *
   * @param image [3, S, S], normalised
   */
  public Analysis analyze(float[] image) {
    float[] described = statistics.normalize(teacher.describe(image));
    DetectionNetwork.Descriptions descriptions = network.describe(image);
    int channels = statistics.mean().length;
    float[] pooled =
        switch (source) {
          case STUDENT -> descriptions.local();
          case TEACHER -> described;
        };
    return new Analysis(
        meanSquaredDifference(described, descriptions.local(), channels),
        meanSquaredDifference(descriptions.autoencoder(), descriptions.global(), channels),
        spatialMeans(pooled, channels));
  }

  @Override
  public void close() {
    teacher.close();
    network.close();
  }

  /** The mean over channels of squared differences of two [C, s, s], as [s, s]. */
  static float[] meanSquaredDifference(float[] a, float[] b, int channels) {
    int positions = a.length / channels;
    float[] map = new float[positions];
    for (int i = 0; i < positions; i++) {
      double sum = 0;
      for (int j = i; j < a.length; j += positions) {
        double difference = a[j] - b[j];
        sum += difference * difference;
      }
      map[i] = (float) (sum / channels);
    }
    return map;
  }

  /** The mean over positions of each channel of [C, s, s]: global average pooling. */
  static double[] spatialMeans(float[] description, int channels) {
    int positions = description.length / channels;
    double[] means = new double[channels];
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      for (int i = c * positions; i < (c + 1) * positions; i++) {
        sum += description[i];
      }
      means[c] = sum / positions;
    }
    return means;
  }
}
