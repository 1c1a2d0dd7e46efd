package dev.puad.model.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How long a training step of batch 1 with a penalty image takes, the teacher's outputs included,
 * and how much memory; {@code submit/benchmark-training} runs it. Not included: decoding and jitter
 * of images, and averaging.
 */
final class TrainingStepBenchmark {

  private static final int WARM_UP = 3;
  private static final int MATRIX = 2048;

  private TrainingStepBenchmark() {}

  /** Arguments: the network's name and the number of steps to measure. */
  public static void main(String[] arguments) throws IOException {
    Architecture architecture = Architecture.named(arguments[0]);
    int steps = Integer.parseInt(arguments[1]);
    System.out.printf(
        Locale.ROOT,
        "%s at %d px, batch 1 with a penalty image; %d cores, %s native threads, matrix product %.0f"
            + " GFLOP/s%n",
        architecture.name(),
        architecture.imageSize(),
        Runtime.getRuntime().availableProcessors(),
        System.getenv().getOrDefault("OMP_NUM_THREADS", "all"),
        matrixProduct());
    SplittableRandom random = new SplittableRandom(1);
    float[][] image = {normal(random, architecture.imageLength())};
    float[][] augmented = {normal(random, architecture.imageLength())};
    float[][] penalty = {normal(random, architecture.imageLength())};
    try (TeacherNetwork teacher = TeacherNetwork.random(architecture, 1);
        TrainingNetwork network = TrainingNetwork.createWithPenalty(architecture, 1)) {
      float[][] cached = {teacher.describe(image[0])};
      double[] withCache = new double[steps];
      double[] withoutCache = new double[steps];
      double[] teaching = new double[steps];
      for (int step = -WARM_UP; step < steps; step++) {
        long start = System.nanoTime();
        float[][] described = {teacher.describe(augmented[0])};
        long taught = System.nanoTime();
        network
            .graph()
            .fit(
                TrainingNetwork.minibatch(
                    architecture, image, augmented, penalty, cached, described));
        long trained = System.nanoTime();
        network
            .graph()
            .fit(
                TrainingNetwork.minibatch(
                    architecture,
                    image,
                    augmented,
                    penalty,
                    new float[][] {teacher.describe(image[0])},
                    new float[][] {teacher.describe(augmented[0])}));
        long end = System.nanoTime();
        if (step >= 0) {
          teaching[step] = (taught - start) / 1e9;
          withCache[step] = (trained - start) / 1e9;
          withoutCache[step] = (end - trained) / 1e9;
        }
      }
      print("teacher, one image", teaching);
      print("step, T(x) from the cache", withCache);
      print("step, T(x) computed", withoutCache);
      System.out.printf("peak resident memory %s%n", peakMemory());
    }
  }

  private static void print(String what, double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    DoubleUnaryOperator quantile = p -> sorted[(int) (p * (sorted.length - 1))];
    System.out.printf(
        Locale.ROOT,
        "%-26s median %.3f s, best %.3f, worst %.3f%n",
        what,
        quantile.applyAsDouble(0.5),
        quantile.applyAsDouble(0),
        quantile.applyAsDouble(1));
  }

  /** The machine's own speed, against which a step can be compared. */
  private static double matrixProduct() {
    double best = 0;
    try (INDArray a = Nd4j.rand(DataType.FLOAT, MATRIX, MATRIX);
        INDArray b = Nd4j.rand(DataType.FLOAT, MATRIX, MATRIX)) {
      for (int i = 0; i < 8; i++) {
        long start = System.nanoTime();
        a.mmul(b).close();
        best = Math.max(best, 2.0 * MATRIX * MATRIX * MATRIX / (System.nanoTime() - start));
      }
    }
    return best;
  }

  private static String peakMemory() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .map(line -> line.substring("VmHWM:".length()).strip())
        .findFirst()
        .orElse("unknown");
  }

  private static float[] normal(SplittableRandom random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
