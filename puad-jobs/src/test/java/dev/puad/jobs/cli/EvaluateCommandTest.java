package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.puad.jobs.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code puad evaluate} on one toy set that is trained and scored once. */
class EvaluateCommandTest {

  private static final List<String> LIMITS = List.of("0.01", "0.05", "0.1", "0.3", "1.0");
  private static final List<String> SUBSETS = List.of("all", "structural", "logical", "mean");

  @TempDir private static Path temporary;

  private static Path warehouse;
  private static Path category;

  /** Of our scores; the maps were written too. */
  private static JsonNode own;

  private static Path written;

  @BeforeAll
  static void evaluate() throws IOException {
    warehouse = temporary.resolve("warehouse");
    category = temporary.resolve("toy/black_circle");
    written = temporary.resolve("written maps");
    Ran.puad(
            ("toy --train 3 --validation 2 --good 3 --structural 2 --logical 2 --size 128 --out "
                    + temporary.resolve("toy"))
                .split(" "))
        .done();
    puad("train", "--data", category, "--network", "tiny", "--steps", "1").done();
    puad("score", "--images", category.resolve("test"), "--category", "black_circle").done();
    own = puad("evaluate", "--data", category, "--write-maps", written, "--json").done().json();
  }

  @Test
  void measuresEachScoreAndEachLimit() {
    assertThat(Ran.names(own))
        .containsExactly(
            "category",
            "auroc",
            "aurocInterval",
            "averagePrecision",
            "bestF1",
            "bestF1Threshold",
            "atThreshold",
            "pixelAuroc",
            "auSpro",
            "defects",
            "images");
    assertThat(Ran.names(own.path("auroc")))
        .containsExactly("picturable", "unpicturable", "combined");
    assertThat(Ran.names(own.at("/auroc/combined"))).isEqualTo(SUBSETS);
    assertThat(Ran.names(own.path("auSpro"))).isEqualTo(LIMITS);
    assertThat(Ran.names(own.path("auSpro").path("0.05")))
        .containsExactly("all", "structural", "logical", "mean", "errorBound");
    assertThat(own.at("/images/good").asLong()).isEqualTo(3);
    assertThat(own.at("/images/structural").asLong()).isEqualTo(2);
    assertThat(own.at("/images/logical").asLong()).isEqualTo(2);
  }

  @Test
  void theBoundIsThatOfTheSettings() {
    for (String limit : LIMITS) {
      assertThat(errorBound(own, limit)).isBetween(0.0, 1e-5);
    }
  }

  @Test
  void everyNumberIsInTheTable() {
    Map<String, Double> numbers = new HashMap<>();
    Set<String> metrics = new TreeSet<>();
    for (Row row :
        LocalSpark.open(warehouse)
            .table("puad.metrics")
            .where("category = 'black_circle' and version = 1 and method = 'puad' and source = ''")
            .collectAsList()) {
      metrics.add(row.getAs("metric"));
      numbers.put(
          "%s %s %s"
              .formatted(
                  row.<String>getAs("metric"),
                  row.<Double>getAs("parameter"),
                  row.<String>getAs("subset")),
          row.getAs("value"));
    }

    for (String subset : SUBSETS) {
      assertThat(numbers)
          .containsEntry(
              "auroc_combined 0.0 " + subset, own.at("/auroc/combined/" + subset).doubleValue());
      for (String limit : LIMITS) {
        assertThat(numbers)
            .containsEntry(
                "au_spro %s %s".formatted(limit, subset),
                own.path("auSpro").path(limit).path(subset).doubleValue());
      }
    }
    // Six of each of three scores, two at the threshold, two of maps; some have no mean.
    assertThat(metrics).hasSize(3 * 6 + 2 + 2);
    assertThat(numbers).hasSize(92 + 25 * own.path("defects").size());
  }

  @Test
  void printsATable() {
    Ran evaluated = puad("evaluate", "--data", category).done();

    assertThat(evaluated.out())
        .contains("black_circle version 1: 3 good, 2 structural, 2 logical test images")
        .contains("image AUROC", "combined", "area under sPRO up to FPR");
  }

  @Test
  void whatWasWrittenMeasuresAsTheTablesDo() throws IOException {
    Ran evaluated = puad("evaluate", "--data", category, "--maps", written, "--json");

    JsonNode found = evaluated.done().json();
    assertThat(found.path("auSpro")).isEqualTo(own.path("auSpro"));
    assertThat(found.path("pixelAuroc")).isEqualTo(own.path("pixelAuroc"));
    assertThat(found.path("images")).isEqualTo(own.path("images"));
    assertThat(Ran.names(found.path("auroc"))).containsExactly("map");
    assertThat(
            LocalSpark.rows(
                warehouse,
                "select distinct dataset, category, method, version, source from puad.metrics"
                    + " where source <> ''"))
        .containsExactly("[default,black_circle,maps,0,written maps]");
  }

  @Test
  void asManyMapsAreWrittenAsThereAreImages() throws IOException {
    try (Stream<Path> files = Files.walk(written.resolve("black_circle/test"))) {
      assertThat(files.filter(Files::isRegularFile))
          .hasSize(7)
          .allMatch(file -> file.toString().endsWith(".tiff"));
    }
  }

  @Test
  void saysHowToScoreWhatHasNoScore(@TempDir Path elsewhere) throws IOException {
    Path folder = copy(category, elsewhere.toRealPath().resolve("black_circle"));
    Path good = folder.resolve("test/good");
    Files.copy(good.resolve("000.png"), good.resolve("new one.png"));

    puad("evaluate", "--data", folder)
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot evaluate category black_circle: 1 of its test images have no score by version 1, the first is test/good/new%%20one.png. Run: puad score --images file://%s/test --category black_circle --version 1"
                .formatted(folder));
  }

  @Test
  void anAnomalousImageWithoutGroundTruthIsRefused(@TempDir Path elsewhere) throws IOException {
    Path folder = copy(category, elsewhere.toRealPath().resolve("black_circle"));
    delete(folder.resolve("ground_truth/logical_anomalies/001"));
    List<String> before =
        LocalSpark.rows(warehouse, "select count(*), max(evaluated_at) from puad.metrics");

    puad("evaluate", "--data", folder)
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot evaluate category black_circle: the ground truth of test/logical_anomalies/001.png is missing. Add ground_truth/logical_anomalies/001/000.png to file://%s."
                .formatted(folder));

    assertThat(LocalSpark.rows(warehouse, "select count(*), max(evaluated_at) from puad.metrics"))
        .isEqualTo(before);
  }

  private static double errorBound(JsonNode evaluated, String limit) {
    return evaluated.path("auSpro").path(limit).path("errorBound").doubleValue();
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Ran puad(Object... arguments) {
    return Ran.in(warehouse, arguments);
  }
}
