package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.network.NarrowNetworks;
import dev.puad.model.stats.JavaSerialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Of networks that are wide enough for Winograd's minimal filtering. */
@ParameterizedClass
@EnumSource(names = {"PLAIN", "WINOGRAD"})
class OnnxDetectorTest {

  /** Of the largest value; the worst of these images is off by 6.7e-7. */
  private static final double TOLERANCE = 1e-5;

  private static final List<byte[]> IMAGES =
      LongStream.range(0, 6).mapToObj(NarrowDetector::image).toList();

  private static final Map<FeatureSource, PackedNetworks> NETWORKS =
      new EnumMap<>(FeatureSource.class);

  static {
    for (FeatureSource source : FeatureSource.values()) {
      NETWORKS.put(source, NarrowDetector.of(NarrowNetworks.SIXTEEN_CHANNELS, source).packed());
    }
  }

  private static PackedDetector packed;
  private static Detector detector;

  @Parameter private GraphVariant variant;

  @BeforeParameterizedClassInvocation
  static void open(GraphVariant variant) {
    packed = NETWORKS.get(FeatureSource.STUDENT).detector(variant);
    detector = packed.open(Device.cpu(1));
  }

  @AfterParameterizedClassInvocation
  static void close() {
    detector.close();
  }

  @ParameterizedTest
  @EnumSource
  void mapsAndFeaturesAreThoseOfTheReference(FeatureSource source) {
    PackedNetworks networks = NETWORKS.get(source);
    try (Detector reference = networks.open(Device.cpu(1));
        Detector tested = networks.detector(variant).open(Device.cpu(1))) {
      List<Analysis> expected = reference.analyze(IMAGES);
      List<Analysis> actual = tested.analyze(IMAGES);
      for (int i = 0; i < IMAGES.size(); i++) {
        assertClose(wide(actual.get(i).student()), wide(expected.get(i).student()));
        assertClose(wide(actual.get(i).autoencoder()), wide(expected.get(i).autoencoder()));
        assertClose(actual.get(i).features(), expected.get(i).features());
      }
    }
  }

  @Test
  void whatIsSaidOfAnImageDoesNotDependOnItsBatch() {
    List<Analysis> together = detector.analyze(IMAGES.subList(0, 3));
    for (int i = 0; i < 3; i++) {
      assertSameBits(together.get(i), alone(detector, i));
    }
  }

  @Test
  void batchesMayChangeTheirSize() {
    List<double[]> said = new ArrayList<>();
    int from = 0;
    for (int count : new int[] {1, 3, 2}) {
      detector.analyze(IMAGES.subList(from, from + count)).stream()
          .map(NarrowDetector::joined)
          .forEach(said::add);
      from += count;
    }
    List<Analysis> atOnce = detector.analyze(IMAGES);
    for (int i = 0; i < IMAGES.size(); i++) {
      assertThat(said.get(i)).isEqualTo(NarrowDetector.joined(atOnce.get(i)));
    }
  }

  @Test
  void severalThreadsAtOnceAreToldTheSame() throws ExecutionException, InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Analysis>> found = new ArrayList<>();
      for (int round = 0; round < 4; round++) {
        for (int i = 0; i < IMAGES.size(); i++) {
          int image = i;
          found.add(threads.submit(() -> alone(detector, image)));
        }
      }
      for (int i = 0; i < found.size(); i++) {
        assertSameBits(found.get(i).get(), alone(detector, i % IMAGES.size()));
      }
    } finally {
      threads.shutdown();
      // A session that is closed at work takes the JVM with it.
      assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  @Test
  void aSessionOfTwoThreadsSaysTheSame() {
    try (Detector second = packed.open(Device.cpu(2))) {
      assertSameBits(alone(second, 0), alone(detector, 0));
    }
  }

  @Test
  void everyDetectorThatIsOpenedSaysTheSame() {
    try (Detector second = packed.open(Device.cpu(1))) {
      assertSameBits(alone(second, 0), alone(detector, 0));
    }
  }

  @Test
  void survivesSerialization() {
    try (Detector second = JavaSerialization.roundTrip(packed).open(Device.cpu(1))) {
      assertSameBits(alone(second, 0), alone(detector, 0));
    }
  }

  private static Analysis alone(Detector detector, int image) {
    return detector.analyze(List.of(IMAGES.get(image))).get(0);
  }

  private static void assertSameBits(Analysis actual, Analysis expected) {
    assertThat(NarrowDetector.joined(actual)).isEqualTo(NarrowDetector.joined(expected));
  }

  private static void assertClose(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    }
    assertThat(worst / largest).isLessThanOrEqualTo(TOLERANCE);
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
