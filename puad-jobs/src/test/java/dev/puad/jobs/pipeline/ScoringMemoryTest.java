package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.ProcessMemory;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.jobs.cli.JavaProcess;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.detect.MapVariant;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.RgbImage;
import dev.puad.model.network.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import onnx.Onnx.ModelProto;
import onnx.Onnx.TensorProto;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/**
 * Many small images in one job, in a process whose heap is resident as a whole from the start: what
 * it grows by while it scores is memory outside the heap. Scored rows, which are kept for their
 * commit, lie in the heap and count for nothing.
 */
@Tag("slow")
class ScoringMemoryTest {

  private static final int IMAGES = 20_000;
  private static final int IMAGES_PER_TASK = 32;

  /** Images after which every buffer has its size. */
  private static final int WARM_UP = 4_000;

  /**
   * In bytes: 2,048 for each image after the warm-up, less than half of what the graph says of it.
   */
  private static final long MOST_GROWTH = 2048L * (IMAGES - WARM_UP);

  @Test
  void residentMemoryIsFlatAfterTheWarmUp(@TempDir Path folder) throws Exception {
    Path samples = folder.resolve("samples.txt");
    Path err = folder.resolve("err.txt");
    Process scoring =
        JavaProcess.start(
            folder,
            err,
            List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"),
            Driver.class,
            List.of(
                writeImages(folder.resolve("images")).toString(),
                folder.resolve("warehouse").toString(),
                samples.toString()));
    try {
      assertThat(scoring.waitFor(5, TimeUnit.MINUTES)).as("ended in time").isTrue();
    } finally {
      scoring.destroyForcibly();
    }
    assertThat(scoring.exitValue()).as("exit code after %s", Files.readString(err)).isZero();

    List<Long> resident = Files.readAllLines(samples).stream().map(Long::valueOf).toList();

    assertThat(resident).hasSize(IMAGES / IMAGES_PER_TASK);
    int warm = WARM_UP / IMAGES_PER_TASK;
    long before = Collections.max(resident.subList(0, warm));
    long after = Collections.max(resident.subList(warm, resident.size()));
    assertThat(after - before)
        .as("growth in bytes, from %d to %d", before, after)
        .isLessThan(MOST_GROWTH);
  }

  /** Else nothing is said of memory where the most of it is used. */
  @Test
  void theGraphOfTheseImagesFiltersByWinograd() throws InvalidProtocolBufferException {
    Bundle bundle = UntrainedBundle.of("many", MapVariant.PUAD, Driver.NARROW);
    ModelProto model = ModelProto.parseFrom(bundle.onnx(GraphVariant.WINOGRAD));
    assertThat(model.getGraph().getInitializerList())
        .extracting(TensorProto::getName)
        .contains(
            "teacher.conv3.points", "student.conv3.points", "teacher.conv4-student.local.points");
  }

  /** A few images under many names. */
  private static Path writeImages(Path folder) throws IOException {
    Files.createDirectory(folder);
    Random random = new Random(1);
    for (int i = 0; i < IMAGES; i++) {
      Path image = folder.resolve("%05d.png".formatted(i));
      if (i < 8) {
        byte[] noise = new byte[64 * 48 * RgbImage.CHANNELS];
        random.nextBytes(noise);
        Files.write(image, PngEncoder.encode(new RgbImage(64, 48, noise)));
      } else {
        Files.createLink(image, folder.resolve("%05d.png".formatted(i % 8)));
      }
    }
    return folder;
  }

  /** Scores a folder, and writes what memory was resident after each task. */
  static final class Driver {

    /**
     * The topology of tiny, so narrow that all images take a minute; but its third layer and heads
     * read 16 channels, the fewest that are filtered by Winograd. In a narrower network there would
     * be no tile, and a run by the graph that is meant would show nothing of it.
     */
    private static final Architecture NARROW =
        new Architecture(
            "narrow",
            128,
            List.of(
                new Architecture.Block(4, 3, 3, true),
                new Architecture.Block(4, 3, 16, true),
                new Architecture.Block(3, 1, 16, false),
                new Architecture.Block(4, 0, 5, false)),
            null,
            List.of(4, 4, 6, 6, 6),
            4,
            5,
            Architecture.TINY.recipe());

    private Driver() {}

    public static void main(String[] args) throws IOException {
      SparkSession spark = LocalSpark.open(Path.of(args[1]));
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      Bundle bundle = UntrainedBundle.of("many", MapVariant.PUAD, NARROW);
      List<ImageFile> images = FolderListing.of(new Configuration(), args[0]).images();
      ScoringPlan plan = new ScoringPlan(GraphVariant.WINOGRAD, 1);
      Sampling sampling = new Sampling();
      spark.sparkContext().addSparkListener(sampling);
      long scored;
      try (ExecutorDetectors.Sent detector =
          ExecutorDetectors.Sent.of(context, bundle.detector(plan.graph()), plan.device())) {
        scored =
            ScoreImages.score(
                    DecodeImages.files(spark, images).withColumn("category", lit("many")),
                    DecodeImages.decoder(spark, DecodeLimits.defaults()),
                    ArchiveScoring.PATIENCE,
                    Map.of(
                        "many",
                        context.broadcast(
                            new ScoreImages.Model(
                                detector, bundle.calibration(plan.graph()), plan, 1))),
                    spark.sparkContext().longAccumulator())
                .persist(StorageLevel.MEMORY_AND_DISK())
                .where("score is not null")
                .count();
      }
      // Listeners hear of the last tasks before it ends, not before a job does.
      spark.stop();
      Files.write(Path.of(args[2]), sampling.samples().stream().map(String::valueOf).toList());
      System.exit(scored == IMAGES ? 0 : 1);
    }
  }

  /** The first stage of as many tasks as the images need is the one that scores them. */
  private static final class Sampling extends SparkListener {

    private final List<Long> samples = new ArrayList<>();
    private int scoring = -1;

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted submitted) {
      if (scoring < 0 && submitted.stageInfo().numTasks() == IMAGES / IMAGES_PER_TASK) {
        scoring = submitted.stageInfo().stageId();
      }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd ended) {
      if (ended.stageId() == scoring) {
        samples.add(ProcessMemory.residentBytes());
      }
    }

    synchronized List<Long> samples() {
      return List.copyOf(samples);
    }
  }
}
