package dev.puad.jobs.cli;

import dev.puad.jobs.pipeline.CategoryFolder;
import dev.puad.jobs.pipeline.ScoreImages;
import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.dataset.TestImage;
import dev.puad.model.detect.Analysis;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.Detector;
import dev.puad.model.detect.Device;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.detect.PackedNetworks;
import dev.puad.model.image.BilinearResize;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.ImageDecoder;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.RgbImage;
import dev.puad.model.metric.RocState;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.stats.ChannelMoments;
import dev.puad.model.stats.Gaussian;
import dev.puad.model.stats.VectorMoments;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * How well detectors do with different teachers, for {@code submit/compare-teachers}: image AUROC
 * of the picturable score, of the unpicturable one by student and by teacher features, and of the
 * combined one, for each seed of the training.
 */
final class TeacherComparison {

  /** The columns, in their order. */
  private enum Score {
    PICTURABLE,
    STUDENT_FEATURES,
    TEACHER_FEATURES,
    COMBINED
  }

  private final Path work;
  private final String network;
  private final int steps;

  private TeacherComparison(Path work, String network, int steps) {
    this.work = work;
    this.network = network;
    this.steps = steps;
  }

  /**
   * Arguments: a folder to work in, the network, the number of seeds, the steps of each training,
   * the teachers with commas between, and the categories' folders, each with the number of rows to
   * leave out at the top behind a colon, if any.
   */
  public static void main(String... arguments) throws IOException {
    TeacherComparison comparison =
        new TeacherComparison(Path.of(arguments[0]), arguments[1], Integer.parseInt(arguments[3]));
    int seeds = Integer.parseInt(arguments[2]);
    System.out.println(
        "| category | teacher | seed | picturable | student features | teacher features | combined |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (String data : Arrays.copyOfRange(arguments, 5, arguments.length)) {
      Path folder = comparison.withoutTop(data);
      for (String teacher : arguments[4].split(",", -1)) {
        List<Map<Score, Double>> measured = new ArrayList<>();
        for (int seed = 1; seed <= seeds; seed++) {
          measured.add(comparison.measure(folder, teacher, seed));
          print(folder, teacher, Integer.toString(seed), measured.get(seed - 1));
        }
        print(folder, teacher, "mean", mean(measured));
      }
    }
  }

  private Path withoutTop(String data) throws IOException {
    Path folder = Path.of(data.replaceAll(":\\d+$", "")).toRealPath();
    if (!data.contains(":")) {
      return folder;
    }
    int rows = Integer.parseInt(data.substring(data.lastIndexOf(':') + 1));
    Path cut = work.resolve("cut").resolve(folder.getFileName());
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes unused)
              throws IOException {
            String relative = folder.relativize(file).toString();
            if (relative.matches("(train|validation|test)/.*\\.(png|jpg|jpeg|bmp)")) {
              RgbImage image = decode(file);
              Path to = cut.resolve(relative.replaceAll("\\.\\w+$", ".png"));
              Files.createDirectories(to.getParent());
              Files.write(
                  to, PngEncoder.encode(image.part(0, rows, image.width(), image.height() - rows)));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return cut;
  }

  private Map<Score, Double> measure(Path folder, String teacher, int seed) throws IOException {
    Ran trained =
        Ran.in(
                work.resolve("warehouse"),
                "train",
                "--data",
                folder,
                "--network",
                network,
                "--teacher",
                teacher,
                "--steps",
                steps,
                "--seed",
                seed,
                "--averaging-frequency",
                25,
                "--json")
            .done();
    Bundle bundle = Bundle.open(Path.of(trained.json().get("bundle").asText()));
    CategoryFolder category = CategoryFolder.open(new Configuration(), folder.toString());
    Map<Score, RocState> curves = new LinkedHashMap<>();
    for (Score score : Score.values()) {
      curves.put(score, new RocState());
    }
    PackedNetworks packed = bundle.networks();
    int size = packed.architecture().imageSize();
    try (Detector student = bundle.detector(GraphVariant.WINOGRAD).open(Device.cpu(1));
        TeacherNetwork taught = TeacherNetwork.read(packed.architecture(), packed.teacher())) {
      VectorMoments moments = new VectorMoments();
      for (String path : category.layout().train()) {
        moments.add(pooled(taught, packed, input(folder.resolve(path), size)));
      }
      Gaussian features = Gaussian.fit(moments);
      for (TestImage image : category.layout().test()) {
        byte[] input = input(folder.resolve(image.path()), size);
        RgbImage file = decode(folder.resolve(image.path()));
        Analysis analysis = student.analyze(List.of(input)).get(0);
        var judged =
            bundle.calibration(GraphVariant.WINOGRAD).detect(analysis, file.width(), file.height());
        Map<Score, Double> scores = new LinkedHashMap<>();
        scores.put(Score.PICTURABLE, judged.scores().picturable());
        scores.put(Score.STUDENT_FEATURES, judged.scores().unpicturable());
        scores.put(Score.TEACHER_FEATURES, features.mahalanobis(pooled(taught, packed, input)));
        scores.put(Score.COMBINED, judged.score());
        scores.forEach(
            (score, value) -> {
              if (image.kind() == AnomalyKind.GOOD) {
                curves.get(score).addNormal(value);
              } else {
                curves.get(score).addAnomalous(value);
              }
            });
      }
    }
    Map<Score, Double> areas = new LinkedHashMap<>();
    curves.forEach((score, curve) -> areas.put(score, curve.auroc().orElseThrow()));
    return areas;
  }

  /** The teacher's globally pooled features, without what the other networks say. */
  private static double[] pooled(TeacherNetwork teacher, PackedNetworks packed, byte[] input) {
    float[] described =
        packed.statistics().normalize(teacher.describe(ScoreImages.normalized(input)));
    int channels = packed.architecture().channels();
    return new ChannelMoments().add(described, channels, described.length / channels).mean();
  }

  private static byte[] input(Path file, int size) throws IOException {
    return BilinearResize.resize(decode(file), size, size).pixels();
  }

  private static RgbImage decode(Path file) throws IOException {
    return ImageDecoder.decode(Files.readAllBytes(file), DecodeLimits.defaults());
  }

  private static Map<Score, Double> mean(List<Map<Score, Double>> measured) {
    Map<Score, Double> mean = new LinkedHashMap<>();
    for (Score score : Score.values()) {
      mean.put(score, measured.stream().mapToDouble(one -> one.get(score)).average().orElseThrow());
    }
    return mean;
  }

  private static void print(Path folder, String teacher, String seed, Map<Score, Double> areas) {
    StringBuilder line = new StringBuilder();
    line.append(
        "| %s | %s | %s |".formatted(folder.getFileName(), Path.of(teacher).getFileName(), seed));
    for (double area : areas.values()) {
      line.append(String.format(Locale.ROOT, " %.4f |", area));
    }
    System.out.println(line);
  }
}
