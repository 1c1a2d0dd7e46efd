package dev.puad.jobs.pipeline;

import com.sun.management.OperatingSystemMXBean;
import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.ProcessMemory;
import dev.puad.jobs.table.Lake;
import dev.puad.model.Sha256;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.Detector;
import dev.puad.model.detect.Device;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.detect.MapVariant;
import dev.puad.model.image.BilinearResize;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.ImageDecoder;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.RgbImage;
import dev.puad.model.network.Architecture;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * How many images a second are scored: by the networks alone, and from files to tables. Untrained
 * networks, drawn images; {@code submit/benchmark-scoring} runs it.
 */
final class ScoringBenchmark {

  private static final int WIDTH = 1600;
  private static final int HEIGHT = 1280;

  /** Files of their own content; the others are links to them. */
  private static final int DRAWN = 16;

  private static final int ROUNDS = 9;
  private static final int CORES = 2;

  private static final DecodeLimits LIMITS = DecodeLimits.defaults();
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final Architecture architecture;
  private final Path folder;

  private ScoringBenchmark(Architecture architecture, Path folder) {
    this.architecture = architecture;
    this.folder = folder;
  }

  /** Arguments: a network, images to score from end to end, a folder for files, then graphs. */
  public static void main(String[] arguments) throws Exception {
    Architecture architecture = Architecture.named(arguments[0]);
    int images = Integer.parseInt(arguments[1]);
    List<GraphVariant> graphs = Arrays.stream(arguments).skip(3).map(GraphVariant::named).toList();
    ScoringBenchmark benchmark = new ScoringBenchmark(architecture, Path.of(arguments[2]));
    List<GraphVariant> measured = graphs.isEmpty() ? all() : graphs;
    benchmark.networks(measured);
    benchmark.endToEnd(images, measured);
    // Spark's own threads would keep the process.
    System.exit(0);
  }

  private static List<GraphVariant> all() {
    return List.of(GraphVariant.values());
  }

  /** Prints how long the networks take. */
  private void networks(List<GraphVariant> graphs) throws Exception {
    Bundle bundle = bundle("networks");
    List<byte[]> images = images();
    Map<GraphVariant, double[]> alone = new EnumMap<>(GraphVariant.class);
    Map<GraphVariant, double[]> together = new EnumMap<>(GraphVariant.class);
    Map<GraphVariant, Double> opened = new EnumMap<>(GraphVariant.class);
    Map<GraphVariant, Detector> detectors = new EnumMap<>(GraphVariant.class);
    for (GraphVariant graph : graphs) {
      long start = System.nanoTime();
      detectors.put(graph, bundle.detector(graph).open(Device.cpu(1)));
      opened.put(graph, (System.nanoTime() - start) / 1e9);
      alone.put(graph, new double[ROUNDS]);
      together.put(graph, new double[ROUNDS]);
    }
    ExecutorService workers = Executors.newFixedThreadPool(CORES);
    // Round after round, so that whatever else the machine does meets all of them.
    for (int round = -2; round < ROUNDS; round++) {
      for (GraphVariant graph : graphs) {
        Detector detector = detectors.get(graph);
        double one = milliseconds(detector, images.subList(0, CORES), null) / CORES;
        double each = coreMilliseconds(detector, images, workers);
        if (round >= 0) {
          alone.get(graph)[round] = one;
          together.get(graph)[round] = each;
        }
      }
    }
    workers.shutdown();
    detectors.values().forEach(Detector::close);
    System.out.printf(
        Locale.ROOT,
        "%nNetworks alone, %s at %d px, one image at a time, one thread each; milliseconds of a core for an image, median (best):%n%n",
        architecture.name(),
        architecture.imageSize());
    System.out.println(
        "| graph | one core at work | %d cores at work | images a second and core | times plain | opened in, s |"
            .formatted(CORES));
    System.out.println("|---|---|---|---|---|---|");
    for (GraphVariant graph : graphs) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %.1f (%.1f) | %.1f (%.1f) | %.2f | %s | %.2f |%n",
          graph.title(),
          median(alone.get(graph)),
          best(alone.get(graph)),
          median(together.get(graph)),
          best(together.get(graph)),
          1e3 / median(together.get(graph)),
          graphs.contains(GraphVariant.PLAIN)
              ? "%.2f".formatted(ratio(together.get(GraphVariant.PLAIN), together.get(graph)))
              : "-",
          opened.get(graph));
    }
  }

  /**
   * Scores folders of as many images by each graph and prints what it took, stage by stage. What
   * the networks take is measured just before and just after, since machines change their speed.
   */
  private void endToEnd(int images, List<GraphVariant> graphs) throws Exception {
    Path files = files(images);
    double decoding = decoding();
    List<byte[]> alone = images();
    ExecutorService workers = Executors.newFixedThreadPool(CORES);
    Lake lake = Lake.open(LocalSpark.open(folder.resolve("warehouse")));
    System.out.printf(
        Locale.ROOT,
        "%nFrom %d PNG files of %d x %d to tables, %d tasks of one thread each; session start and table creation are not counted. Milliseconds of a core for an image:%n%n",
        images,
        WIDTH,
        HEIGHT,
        CORES);
    System.out.println(
        "| graph | images a second | a second of a core | all | networks | decode, resize, hash | rest (Spark, tables, collection of garbage) | besides the networks | peak resident memory |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    for (GraphVariant graph : graphs) {
      // The first tables' folders, classes and compiled code.
      run(lake, graph, bundle("warm-up-" + graph.title()), files(CORES * 4));
      Bundle bundle = bundle(graph.title());
      double[] networks = new double[2 * ROUNDS];
      try (Detector detector = bundle.detector(graph).open(Device.cpu(1))) {
        coreMilliseconds(detector, alone, workers);
        for (int round = 0; round < ROUNDS; round++) {
          networks[round] = coreMilliseconds(detector, alone, workers);
        }
      }
      boolean reset = ProcessMemory.resetPeak();
      long processor = PROCESS.getProcessCpuTime();
      long start = System.nanoTime();
      run(lake, graph, bundle, files);
      double seconds = (System.nanoTime() - start) / 1e9;
      double all = (PROCESS.getProcessCpuTime() - processor) / 1e6 / images;
      String peak =
          reset ? String.format(Locale.ROOT, "%.2f GB", ProcessMemory.peakBytes() / 1e9) : "-";
      try (Detector detector = bundle.detector(graph).open(Device.cpu(1))) {
        coreMilliseconds(detector, alone, workers);
        for (int round = ROUNDS; round < 2 * ROUNDS; round++) {
          networks[round] = coreMilliseconds(detector, alone, workers);
        }
      }
      double network = median(networks);
      System.out.printf(
          Locale.ROOT,
          "| %s | %.2f | %.2f | %.0f | %.0f | %.0f | %.0f | %.0f %% | %s |%n",
          graph.title(),
          images / seconds,
          1e3 / all,
          all,
          network,
          decoding,
          all - network - decoding,
          100 * (all - network) / network,
          peak);
    }
    workers.shutdown();
  }

  private void run(Lake lake, GraphVariant graph, Bundle bundle, Path files) throws IOException {
    new ArchiveScoring(lake, bundle, new ScoringPlan(graph, 1), 2000).run(files, "benchmark");
  }

  private Bundle bundle(String category) {
    return UntrainedBundle.of(category, MapVariant.PUAD, architecture);
  }

  /** Milliseconds of one core for reading, hashing, decoding and resizing an image. */
  private double decoding() throws IOException {
    double[] measured = new double[ROUNDS];
    for (int round = -ROUNDS; round < ROUNDS; round++) {
      Path file = folder.resolve("drawn/%d.png".formatted(Math.floorMod(round, DRAWN)));
      long start = System.nanoTime();
      byte[] encoded = Files.readAllBytes(file);
      int kept = Sha256.of(encoded).length();
      kept += resized(ImageDecoder.decode(encoded, LIMITS)).length;
      measured[Math.max(round, 0)] = (System.nanoTime() - start) / 1e6 + kept * 1e-12;
    }
    return median(measured);
  }

  private List<byte[]> images() {
    return IntStream.range(0, DRAWN).mapToObj(i -> resized(drawn(i))).toList();
  }

  private byte[] resized(RgbImage image) {
    return BilinearResize.resize(image, architecture.imageSize(), architecture.imageSize())
        .pixels();
  }

  /** A folder of so many files. */
  private Path files(int images) throws IOException {
    Path drawn = Files.createDirectories(folder.resolve("drawn"));
    Path linked = folder.resolve("images-" + images);
    if (Files.isDirectory(linked)) {
      return linked;
    }
    Files.createDirectory(linked);
    for (int i = 0; i < images; i++) {
      Path file = drawn.resolve("%d.png".formatted(i % DRAWN));
      if (!Files.exists(file)) {
        Files.write(file, PngEncoder.encode(drawn(i % DRAWN)));
      }
      Files.createLink(linked.resolve("%06d.png".formatted(i)), file);
    }
    return linked;
  }

  /** Parts of different brightness on a texture, with a sensor's noise. */
  private static RgbImage drawn(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] pixels = new byte[WIDTH * HEIGHT * RgbImage.CHANNELS];
    double wide = random.nextDouble(40, 90);
    double tall = random.nextDouble(30, 70);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      int x = i % WIDTH;
      int y = i / WIDTH;
      double part = Math.sin(x / wide) * Math.cos(y / tall) > 0.3 ? 60 : 0;
      double light = 90 + part + 20 * Math.sin(x / 7.0 + y / 11.0) + 1.5 * random.nextGaussian();
      for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
        double value = light + 12 * channel + 1.5 * random.nextGaussian();
        pixels[i * RgbImage.CHANNELS + channel] =
            (byte) Math.round(Math.min(255, Math.max(0, value)));
      }
    }
    return new RgbImage(WIDTH, HEIGHT, pixels);
  }

  /** Milliseconds of a core for an image, with all cores at work. */
  private static double coreMilliseconds(
      Detector detector, List<byte[]> images, ExecutorService workers)
      throws ExecutionException, InterruptedException {
    long processor = PROCESS.getProcessCpuTime();
    milliseconds(detector, images.subList(0, 2 * CORES), workers);
    return (PROCESS.getProcessCpuTime() - processor) / 1e6 / (2 * CORES);
  }

  /** How long all of the images take: one after the other, or shared by workers. */
  private static double milliseconds(
      Detector detector, List<byte[]> images, ExecutorService workers)
      throws ExecutionException, InterruptedException {
    long start = System.nanoTime();
    if (workers == null) {
      images.forEach(image -> detector.analyze(List.of(image)));
    } else {
      List<Future<?>> running = new ArrayList<>();
      for (byte[] image : images) {
        running.add(workers.submit(() -> detector.analyze(List.of(image))));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
    return (System.nanoTime() - start) / 1e6;
  }

  private static double ratio(double[] reference, double[] measured) {
    double[] ratios = new double[measured.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = reference[i] / measured[i];
    }
    return median(ratios);
  }

  private static double median(double[] measured) {
    double[] sorted = measured.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double best(double[] measured) {
    return Arrays.stream(measured).min().orElseThrow();
  }
}
