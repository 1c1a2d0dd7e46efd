package dev.puad.model.detect;

import dev.puad.model.image.Normalization;
import dev.puad.model.image.RgbImage;
import dev.puad.model.network.DetectionNetwork;
import dev.puad.model.network.TeacherNetwork;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Deeplearning4j's networks, as they were trained: what every other engine must equal.
 *
 * <p>Graphs are not thread-safe, so each thread that is at work has networks of its own.
 */
final class Dl4jDetector implements Detector {

  private final PackedNetworks packed;
  private final ConcurrentLinkedDeque<Networks> idle = new ConcurrentLinkedDeque<>();

  Dl4jDetector(PackedNetworks packed) {
    this.packed = packed;
    idle.push(packed.networks());
  }

  /** The networks of one thread. */
  record Networks(TeacherNetwork teacher, DetectionNetwork network) implements AutoCloseable {

    @Override
    public void close() {
      teacher.close();
      network.close();
    }
  }

  @Override
  public List<Analysis> analyze(List<byte[]> images) {
    Networks free = idle.poll();
    Networks networks = free == null ? packed.networks() : free;
    try {
      return images.stream().map(image -> analyze(networks, image)).toList();
    } finally {
      idle.push(networks);
    }
  }

  @Override
  public void close() {
    for (Networks networks = idle.poll(); networks != null; networks = idle.poll()) {
      networks.close();
    }
  }

  private Analysis analyze(Networks networks, byte[] pixels) {
    int side = packed.architecture().imageSize();
    return analyze(packed, networks, Normalization.normalize(new RgbImage(side, side, pixels)));
  }

  /**
   * What opened networks say of an image.
   *
   * @param image [3, S, S], normalised
   */
  static Analysis analyze(PackedNetworks packed, Networks networks, float[] image) {
    float[] described = packed.statistics().normalize(networks.teacher().describe(image));
    DetectionNetwork.Descriptions descriptions = networks.network().describe(image);
    int channels = packed.architecture().channels();
    float[] pooled =
        switch (packed.source()) {
          case STUDENT -> descriptions.local();
          case TEACHER -> described;
        };
    return new Analysis(
        meanSquaredDifference(described, descriptions.local(), channels),
        meanSquaredDifference(descriptions.autoencoder(), descriptions.global(), channels),
        spatialMeans(pooled, channels));
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
