package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.jobs.archive.ShardBytes;
import dev.puad.jobs.archive.TroubledFileSystem;
import dev.puad.model.dataset.SplitCounts;
import dev.puad.model.dataset.ToyDataset;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.image.DecodeLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One folder of good and bad images, scored in many ways, none of which may show. */
class ScoreImagesTest {

  private static final int GOOD = 7;

  private static final List<String> NUMBERS =
      List.of("picturable", "unpicturable", "picturable_z", "unpicturable_z", "score");

  private static final String CATEGORY = "scored in many ways";

  @TempDir static Path warehouse;
  @TempDir static Path toys;
  @TempDir static Path folder;

  private static SparkSession spark;
  private static Bundle bundle;

  /** The listing; every third of its images is none. */
  private static List<ImageFile> listing;

  @BeforeAll
  static void draw() throws IOException {
    spark = LocalSpark.open(warehouse);
    bundle = UntrainedBundle.of(CATEGORY);
    ToyDataset.write(toys, new SplitCounts(GOOD, 0, 0, 0, 0), 128, 1);
    for (int i = 0; i < GOOD; i++) {
      Path toy = toys.resolve("black_circle/train/good/%03d.png".formatted(i));
      Files.copy(toy, folder.resolve("%03d.png".formatted(i)));
      if (i % 2 == 1) {
        Files.writeString(folder.resolve("%03d bad.png".formatted(i)), "no image");
      }
    }
    listing = FolderListing.of(new Configuration(), folder.toString()).images();
  }

  @ParameterizedTest
  @EnumSource(names = {"PLAIN", "WINOGRAD"})
  void everyGraphGivesTheScoresOfDeeplearning4j(GraphVariant graph) {
    List<Row> reference = good(scored(new ScoringPlan(GraphVariant.DL4J, 1)));

    assertNear(good(scored(new ScoringPlan(graph, 1))), reference, 1e-4);
  }

  @ParameterizedTest
  @CsvSource({
    "WINOGRAD,2",
    "WINOGRAD,3",
    "WINOGRAD,100",
    "PLAIN,2",
    "PLAIN,3",
    "PLAIN,100",
    "DL4J,3"
  })
  void aLargerBatchGivesTheSameBits(GraphVariant graph, int batch) {
    assertSame(scored(new ScoringPlan(graph, batch)), scored(new ScoringPlan(graph, 1)));
  }

  @ParameterizedTest
  @EnumSource
  void manyTasksGiveTheBitsOfOne(GraphVariant graph) {
    ScoringPlan plan = new ScoringPlan(graph, 1);

    assertSame(
        scored(plan, files -> files.repartition(5)), scored(plan, files -> files.coalesce(1)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void rejectsStayBetweenTheImagesTheyWereFoundBetween(int batch) {
    List<Row> scored = scored(new ScoringPlan(GraphVariant.WINOGRAD, batch), files -> files);

    assertThat(scored)
        .extracting(row -> row.<String>getAs("image"))
        .isEqualTo(listing.stream().map(ImageFile::image).toList());
    for (Row row : scored) {
      boolean bad = row.<String>getAs("image").endsWith("bad.png");
      assertThat(row.<String>getAs("reason")).isEqualTo(bad ? "unsupported" : null);
      assertThat(row.<Double>getAs("score") == null).isEqualTo(bad);
      assertThat(row.<byte[]>getAs("map") == null).isEqualTo(bad);
    }
  }

  @Test
  void aBatchOfRejectsAloneIsPassedOver() {
    List<Row> scored =
        scored(
            new ScoringPlan(GraphVariant.WINOGRAD, 2),
            files -> files.where("image like '%bad.png'").coalesce(1));

    assertThat(scored).hasSize(GOOD / 2).allMatch(row -> row.getAs("score") == null);
  }

  /** Storage that hangs in the middle of a file, whether its thread can be interrupted or not. */
  @Test
  void whatHangsIsRejectedAndTheOthersAreScored(@TempDir Path trouble) throws IOException {
    spark.conf().set(TroubledFileSystem.KEY, TroubledFileSystem.class.getName());
    byte[] image = Files.readAllBytes(folder.resolve("000.png"));
    List<String> names =
        List.of("a.png", "b hangs for ever.png", "c.png", "d hangs.png", "e hangs.tar.gz", "f.png");
    List<Row> rows = new ArrayList<>();
    for (String name : names) {
      boolean shard = name.endsWith("gz");
      Path file =
          Files.write(
              trouble.resolve(name), shard ? ShardBytes.of(name, Map.of("x.png", image)) : image);
      String uri = TroubledFileSystem.uri(file);
      rows.add(
          RowFactory.create(
              shard ? uri + "!/x.png" : uri,
              new Timestamp(1),
              (long) image.length,
              shard ? uri : null,
              shard ? new Timestamp(Files.getLastModifiedTime(file).toMillis()) : null,
              shard ? Files.size(file) : null,
              shard ? "streamed" : null,
              shard ? 512L : null,
              null,
              null,
              null));
    }
    Dataset<Row> files =
        spark
            .createDataFrame(rows, DecodeImages.FILES)
            .withColumn("category", lit(CATEGORY))
            .coalesce(1);

    List<Row> scored =
        scored(new ScoringPlan(GraphVariant.WINOGRAD, 1), files, Duration.ofSeconds(2));

    assertThat(scored)
        .extracting(row -> row.<String>getAs("reason"))
        .containsExactly(null, "timeout", null, "timeout", "timeout", null);
    for (Row row : scored) {
      boolean late = row.getAs("reason") != null;
      assertThat(row.<String>getAs("error"))
          .isEqualTo(late ? "it took longer than 2 s to read" : null);
      // Without a time, the next run tries again.
      assertThat(row.<Timestamp>getAs("modified") == null).isEqualTo(late);
    }
  }

  private static List<Row> scored(ScoringPlan plan) {
    return scored(plan, files -> files);
  }

  /** The folder's scored images, from tasks cut as is said, in the order in which they came. */
  private static List<Row> scored(ScoringPlan plan, UnaryOperator<Dataset<Row>> tasks) {
    Dataset<Row> files = DecodeImages.files(spark, listing).withColumn("category", lit(CATEGORY));
    return scored(plan, tasks.apply(files), ArchiveScoring.PATIENCE);
  }

  private static List<Row> scored(ScoringPlan plan, Dataset<Row> files, Duration patience) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    try (ExecutorDetectors.Sent detector =
        ExecutorDetectors.Sent.of(context, bundle.detector(plan.graph()), plan.device())) {
      Broadcast<ScoreImages.Model> model =
          context.broadcast(
              new ScoreImages.Model(detector, bundle.calibration(plan.graph()), plan, 1));
      try {
        return ScoreImages.score(
                files,
                DecodeImages.decoder(spark, DecodeLimits.defaults()),
                patience,
                Map.of(CATEGORY, model),
                spark.sparkContext().longAccumulator())
            .collectAsList();
      } finally {
        model.destroy();
      }
    }
  }

  private static List<Row> good(List<Row> scored) {
    List<Row> good = scored.stream().filter(row -> row.getAs("reason") == null).toList();
    assertThat(good).hasSize(GOOD);
    return good;
  }

  /** Numbers differ by a share of them, or of 1 where they are less. */
  private static void assertNear(List<Row> actual, List<Row> expected, double share) {
    for (int i = 0; i < GOOD; i++) {
      for (String number : NUMBERS) {
        double wanted = expected.get(i).getAs(number);
        assertThat(actual.get(i).<Double>getAs(number))
            .as("%s of image %d", number, i)
            .isCloseTo(wanted, within(share * Math.max(1, Math.abs(wanted))));
      }
    }
  }

  private static void assertSame(List<Row> actual, List<Row> expected) {
    List<Row> byImage = sorted(actual);
    List<Row> same = sorted(expected);
    assertThat(byImage).hasSize(listing.size());
    IntStream.range(0, listing.size())
        .forEach(i -> assertThat(byImage.get(i)).as("image %d", i).isEqualTo(same.get(i)));
  }

  private static List<Row> sorted(List<Row> scored) {
    return scored.stream()
        .sorted(Comparator.comparing((Row row) -> row.<String>getAs("image")))
        .toList();
  }
}
