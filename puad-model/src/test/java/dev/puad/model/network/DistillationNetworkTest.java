package dev.puad.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.weights.StateDict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

class DistillationNetworkTest {

  private static final Architecture NARROW = NarrowNetworks.ARCHITECTURE;
  private static final DistillationNetwork.Optimizer ADAM =
      new DistillationNetwork.Optimizer(1e-2, 0);
  private static final int SIZE = 128;

  private final float[][] images = images(3);

  @Test
  void everyLayerDrawsUnitVarianceBeforeItsRelu() {
    try (DistillationNetwork network = unitVariance()) {
      assertThat(variances(network.teacher(), images))
          .hasSize(4)
          .allSatisfy(variance -> assertThat(variance).isCloseTo(1, within(1e-6)));
    }
  }

  @Test
  void theOfficialOneDrawsAsAPaddedTeacherOfItsWeights() {
    try (DistillationNetwork network = DistillationNetwork.official(NARROW, ADAM, 1);
        TeacherNetwork teacher = TeacherNetwork.padded(NARROW, network.teacher())) {
      assertDrawsAs(network, teacher);
    }
  }

  @Test
  void theOneOfUnitVarianceDrawsAsATeacherOfItsWeights() {
    try (DistillationNetwork network = unitVariance();
        TeacherNetwork teacher = TeacherNetwork.of(NARROW, network.teacher())) {
      assertDrawsAs(network, teacher);
    }
  }

  @Test
  void theOfficialWeightsAreUniformWithinTheRootOfTheFanIn() {
    try (DistillationNetwork network = DistillationNetwork.official(Architecture.TINY, ADAM, 1)) {
      float[] weights = network.teacher().tensor("conv2.weight").floats();
      double bound = 1 / Math.sqrt(32 * 4 * 4);
      double squares = 0;
      for (float weight : weights) {
        assertThat(Math.abs(weight)).isLessThanOrEqualTo((float) bound);
        squares += weight * weight;
      }
      // The variance of a uniform distribution; four standard deviations of its estimate.
      assertThat(squares / weights.length / (bound * bound / 3)).isCloseTo(1, within(0.02));
    }
  }

  @Test
  void theLossIsTheMeanSquaredDifference() {
    try (DistillationNetwork network = unitVariance();
        TeacherNetwork teacher = TeacherNetwork.of(NARROW, network.teacher())) {
      float[][] features = features(NARROW.outputSize());
      double sum = 0;
      for (int i = 0; i < images.length; i++) {
        float[] drawn = teacher.describe(images[i]);
        for (int k = 0; k < drawn.length; k++) {
          double difference = (double) drawn[k] - features[i][k];
          sum += difference * difference;
        }
      }
      MultiDataSet batch =
          DistillationNetwork.minibatch(images, SIZE, features, NARROW.outputSize());

      assertThat(network.graph().score(batch))
          .isCloseTo(sum / (images.length * features[0].length), within(1e-5));
    }
  }

  @Test
  void stepsLowerTheLoss() {
    try (DistillationNetwork network = unitVariance();
        DistillationNetwork other =
            DistillationNetwork.unitVariance(NARROW, ADAM, 9, images, SIZE);
        TeacherNetwork wise = TeacherNetwork.of(NARROW, other.teacher())) {
      float[][] features = Arrays.stream(images).map(wise::describe).toArray(float[][]::new);
      MultiDataSet batch =
          DistillationNetwork.minibatch(images, SIZE, features, NARROW.outputSize());
      double before = network.graph().score(batch);
      for (int step = 0; step < 20; step++) {
        network.graph().fit(batch);
      }
      assertThat(network.graph().score(batch)).isLessThan(0.8 * before);
    }
  }

  @Test
  void whatItWroteGoesOnAsIfItHadNotBeenWritten() {
    MultiDataSet batch =
        DistillationNetwork.minibatch(
            images, SIZE, features(NARROW.outputSize()), NARROW.outputSize());
    try (DistillationNetwork network = unitVariance()) {
      network.graph().fit(batch);
      try (DistillationNetwork read = DistillationNetwork.read(NARROW, network.bytes())) {
        network.graph().fit(batch);
        read.graph().fit(batch);
        assertSameBits(read.teacher(), network.teacher());
      }
    }
  }

  /** Adam's first step is its rate, whatever the gradient. */
  @Test
  void theRateIsThatOfTheNextStep() {
    MultiDataSet batch =
        DistillationNetwork.minibatch(
            images, SIZE, features(NARROW.outputSize()), NARROW.outputSize());
    try (DistillationNetwork network = unitVariance()) {
      network.learningRate(1e-4);
      network.graph().fit(batch);
      for (float bias : network.teacher().tensor("conv4.bias").floats()) {
        assertThat(Math.abs(bias)).isCloseTo(1e-4f, within(1e-8f));
      }
    }
  }

  @Test
  void theSeedDecidesTheWeights() {
    try (DistillationNetwork first = DistillationNetwork.official(NARROW, ADAM, 1);
        DistillationNetwork same = DistillationNetwork.official(NARROW, ADAM, 1);
        DistillationNetwork other = DistillationNetwork.official(NARROW, ADAM, 2)) {
      assertSameBits(first.teacher(), same.teacher());
      assertThat(other.teacher().tensor("conv1.weight").bytes())
          .isNotEqualTo(first.teacher().tensor("conv1.weight").bytes());
    }
  }

  private DistillationNetwork unitVariance() {
    return DistillationNetwork.unitVariance(NARROW, ADAM, 5, images, SIZE);
  }

  private void assertDrawsAs(DistillationNetwork network, TeacherNetwork teacher) {
    float[] expected = teacher.describe(images[0]);
    try (INDArray input = RowMajor.batch(new float[][] {images[0]}, 3, SIZE);
        INDArray output = network.graph().outputSingle(input)) {
      assertThat(RowMajor.floats(output)).containsExactly(expected, within(1e-6f));
    }
  }

  private static void assertSameBits(StateDict found, StateDict expected) {
    assertThat(found.names()).isEqualTo(expected.names());
    for (String name : expected.names()) {
      assertThat(found.tensor(name).bytes()).as(name).isEqualTo(expected.tensor(name).bytes());
    }
  }

  /** The variance of each convolution's output over some images, by definition. */
  private static List<Double> variances(StateDict weights, float[][] images) {
    List<Double> variances = new ArrayList<>();
    float[][] maps = images;
    int side = SIZE;
    for (int layer = 0; layer < NARROW.descriptor().size(); layer++) {
      Architecture.Block block = NARROW.descriptor().get(layer);
      float[] filters = weights.tensor("conv" + (layer + 1) + ".weight").floats();
      float[][] drawn = new float[maps.length][];
      for (int i = 0; i < maps.length; i++) {
        drawn[i] = convolved(maps[i], side, filters, block);
      }
      variances.add(variance(drawn));
      side = side - block.kernel() + 1;
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = pooled(drawn[i], side, block);
      }
      side = block.pooled() ? side / 2 : side;
      maps = drawn;
    }
    return variances;
  }

  private static float[] convolved(
      float[] map, int side, float[] filters, Architecture.Block block) {
    int kernel = block.kernel();
    int out = side - kernel + 1;
    int fanIn = filters.length / block.channels();
    float[] values = new float[block.channels() * out * out];
    for (int i = 0; i < values.length; i++) {
      int top = i / out % out;
      int left = i % out;
      double sum = 0;
      for (int k = 0; k < fanIn; k++) {
        int y = top + k / kernel % kernel;
        int x = left + k % kernel;
        sum +=
            (double) map[(k / (kernel * kernel) * side + y) * side + x]
                * filters[i / (out * out) * fanIn + k];
      }
      values[i] = (float) sum;
    }
    return values;
  }

  /** The ReLU, and the average pooling where the block has one. */
  private static float[] pooled(float[] map, int side, Architecture.Block block) {
    float[] rectified = new float[map.length];
    for (int i = 0; i < map.length; i++) {
      rectified[i] = Math.max(0, map[i]);
    }
    if (!block.pooled()) {
      return rectified;
    }
    int half = side / 2;
    float[] pooled = new float[block.channels() * half * half];
    for (int i = 0; i < pooled.length; i++) {
      int start = i / (half * half) * side * side + i / half % half * 2 * side + i % half * 2;
      pooled[i] =
          (rectified[start]
                  + rectified[start + 1]
                  + rectified[start + side]
                  + rectified[start + side + 1])
              / 4;
    }
    return pooled;
  }

  private static double variance(float[][] maps) {
    double sum = 0;
    double squares = 0;
    long count = 0;
    for (float[] map : maps) {
      for (float value : map) {
        sum += value;
        squares += (double) value * value;
        count++;
      }
    }
    return squares / count - sum / count * (sum / count);
  }

  private static float[][] features(int side) {
    SplittableRandom random = new SplittableRandom(8);
    float[][] features = new float[3][NARROW.channels() * side * side];
    for (float[] map : features) {
      for (int i = 0; i < map.length; i++) {
        map[i] = (float) random.nextGaussian();
      }
    }
    return features;
  }

  private static float[][] images(int count) {
    float[][] images = new float[count][];
    for (int i = 0; i < count; i++) {
      images[i] = FormulaTensors.normalized(FormulaTensors.image(700 + i, SIZE), SIZE);
    }
    return images;
  }
}
