package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.pipeline.UntrainedBundle;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Models;
import dev.puad.jobs.table.RelocateWarehouse;
import dev.puad.jobs.table.Tables;
import dev.puad.jobs.table.Views;
import dev.puad.model.Sha256;
import dev.puad.model.generate.GeneratedImage;
import dev.puad.model.image.PngEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a warehouse that has a model, scores and maps. */
@Tag("slow")
class MaintainCommandTest {

  private static final String CATEGORY = "copied";
  private static final String COUNTS =
      "select (select count(*) from puad.scores), (select count(*) from puad.anomaly_maps),"
          + " (select count(*) from puad.latest_scores)";

  @TempDir private static Path temporary;

  private static Path original;
  private static Path images;

  /** Empty before each test. */
  @TempDir private Path folder;

  private Path copy;

  @BeforeAll
  static void scoreIntoTheOriginal() throws IOException {
    original = temporary.toRealPath().resolve("original");
    images = Files.createDirectory(temporary.resolve("images"));
    Path bundle = original.resolve("bundles/tests/copied/v1");
    String checksum = UntrainedBundle.of(CATEGORY).write(bundle);
    new Models(Lake.open(LocalSpark.open(original)))
        .publish(UntrainedBundle.row(CATEGORY, 1, bundle, checksum));
    draw(images, 1);
    score(original, images).done();
    draw(images, 2);
    score(original, images).done();
  }

  @BeforeEach
  void copyTheOriginal() throws IOException {
    // Names that mean something to regular expressions are names like any other.
    copy = folder.toRealPath().resolve("a copy (2)+");
    copyAll(original, copy);
  }

  @Test
  void aCopyIsRefusedBeforeAnythingIsWritten() throws IOException {
    Map<String, String> before = contents(original);
    Map<String, String> copied = contents(copy);

    for (Ran ran : List.of(score(copy, images), sql(copy, "select 1"))) {
      ran.assertMistake(
          ExitCode.BAD_INPUT,
          ("Cannot use the warehouse %1$s: it was copied or moved, and its tables are still those"
                  + " in %2$s. Run puad maintain --relocate --warehouse %1$s to make it stand"
                  + " alone, or use %2$s.")
              .formatted(copy, original));
    }

    assertThat(contents(original)).isEqualTo(before);
    assertThat(contents(copy)).isEqualTo(copied);
  }

  @Test
  void aRelocatedCopyLeavesTheOriginalToTheByte() throws IOException {
    Map<String, String> before = contents(original);

    JsonNode relocated = relocate(copy, "--json").done().json();
    Path more = Files.createDirectory(folder.resolve("more"));
    draw(more, 3);
    score(copy, more).done();

    assertThat(relocated.path("from").path(0).asText()).isEqualTo(original.toString());
    assertThat(relocated.path("tables").asInt()).isEqualTo(Tables.ALL.size());
    assertThat(relocated.path("views").asInt()).isEqualTo(Views.ALL.size());
    assertThat(relocated.path("bundles").asInt()).isEqualTo(1);
    assertThat(rows(copy, COUNTS)).containsExactly("[3,3,3]");
    assertThat(rows(copy, "select path, `current` from puad.models"))
        .containsExactly("[%s,true]".formatted(copy.resolve("bundles/tests/copied/v1")));
    assertThat(contents(original)).isEqualTo(before);
    assertThat(rows(original, COUNTS)).containsExactly("[2,2,2]");
  }

  @Test
  void aMovedWarehouseStandsAloneAndMayMoveAgain() throws IOException {
    relocate(copy).done();
    Path moved = Files.move(copy, folder.resolve("moved"));
    assertRefused(score(moved, images), copy);
    relocate(moved).done();
    Path again = Files.move(moved, folder.resolve("again"));
    relocate(again).done();
    draw(images, 4);

    try {
      score(again, images).done();
    } finally {
      Files.delete(images.resolve("4.png"));
    }

    assertThat(rows(again, COUNTS)).containsExactly("[3,3,3]");
    assertThat(rows(again, "select path from puad.models"))
        .containsExactly("[%s]".formatted(again.resolve("bundles/tests/copied/v1")));
    assertThat(filesElsewhere(again)).isEmpty();
  }

  @Test
  void historyMovesToo() {
    relocate(copy).done();

    String first =
        rows(copy, "select snapshot_id from puad.scores.snapshots order by committed_at limit 1")
            .get(0)
            .replaceAll("[\\[\\]]", "");
    assertThat(rows(copy, "select count(*) from puad.scores version as of " + first))
        .containsExactly("[1]");
    assertThat(filesElsewhere(copy)).isEmpty();
  }

  @Test
  void anAttemptThatWasKilledChangesNothingAndMayBeRepeated() throws IOException {
    Path catalog = copy.resolve("catalog.db");
    String before = Sha256.of(catalog);
    RelocateWarehouse attempt = new RelocateWarehouse(copy, catalog, new Configuration());

    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                attempt.run(
                    next -> {
                      throw new IllegalStateException("killed");
                    }));

    assertThat(Sha256.of(catalog)).isEqualTo(before);
    assertRefused(score(copy, images), original);
    relocate(copy).done();
    assertThat(rows(copy, COUNTS)).containsExactly("[2,2,2]");
    try (Stream<Path> files = Files.list(copy)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("catalog.db", "bundles", "puad");
    }
  }

  @Test
  void aWarehouseThatIsWhereItsTablesSayHasNothingToRelocate() {
    relocate(copy).done();

    assertThat(relocate(copy).done().out())
        .isEqualTo("%s is where its tables say; nothing is to do%n".formatted(copy));
  }

  @Test
  void aLinkToAWarehouseIsThatWarehouse() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), original);

    assertThat(sql(link, COUNTS).done().out()).contains("2");
    assertThat(sql(original.resolve("../original"), COUNTS).done().out()).contains("2");
  }

  @Test
  void aCopyWithLinksIntoTheOriginalIsNotRelocated() throws IOException {
    Path catalog = copy.resolve("catalog.db");
    Files.delete(catalog);
    Files.createSymbolicLink(catalog, original.resolve("catalog.db"));

    relocate(copy)
        .assertMistake(
            ExitCode.BAD_INPUT,
            ("Cannot relocate the warehouse %s: %s is a link to %s. Copy what it links to, as cp"
                    + " -rL does, and relocate that.")
                .formatted(copy, catalog, original.resolve("catalog.db")));
  }

  @Test
  void aCopyOfWhichPartIsMissingIsNotRelocated() throws IOException {
    Path missing;
    try (Stream<Path> files = Files.walk(copy.resolve("puad/scores/data"))) {
      missing =
          files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    Files.delete(missing);

    relocate(copy)
        .assertMistake(
            ExitCode.BAD_INPUT,
            ("Cannot relocate the warehouse %s: part of it is missing (%s). Copy all of it, while"
                    + " nothing writes to it.")
                .formatted(copy, missing));
  }

  @Test
  void aWarehouseThatIsNotThereIsNamed() {
    Path absent = folder.resolve("absent");

    relocate(absent)
        .assertMistake(
            ExitCode.BAD_INPUT,
            ("Cannot read tables: no warehouse in %s. Run puad train or puad import first, or"
                    + " correct --warehouse.")
                .formatted(absent));
  }

  @Test
  void maintainWantsToKnowWhat() {
    Ran.in(original, "maintain")
        .assertMistake(ExitCode.USAGE, "Nothing to maintain: ask for --relocate.");
  }

  private static Ran score(Path warehouse, Path images) {
    return Ran.in(
        warehouse,
        "score",
        "--images",
        images,
        "--category",
        CATEGORY,
        "--dataset",
        UntrainedBundle.DATASET);
  }

  private static void assertRefused(Ran ran, Path other) {
    assertThat(ran.code()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(ran.err())
        .contains("it was copied or moved, and its tables are still those in " + other);
  }

  private static Ran sql(Path warehouse, String query) {
    return Ran.in(warehouse, "sql", query);
  }

  private static Ran relocate(Path warehouse, String... more) {
    List<Object> words = new ArrayList<>(List.of("maintain", "--relocate"));
    words.addAll(List.of(more));
    return Ran.in(warehouse, words.toArray());
  }

  private static List<String> rows(Path warehouse, String query) {
    return LocalSpark.rows(warehouse, query);
  }

  /** What any table's metadata names outside a warehouse. */
  private static List<String> filesElsewhere(Path warehouse) {
    List<String> found = new ArrayList<>();
    for (String table : List.of("models", "scores", "anomaly_maps", "runs")) {
      for (String selected :
          List.of(
              "file_path from puad.%s.all_files",
              "path from puad.%s.all_manifests", "manifest_list from puad.%s.snapshots")) {
        rows(warehouse, "select " + selected.formatted(table)).stream()
            .filter(path -> !path.startsWith("[" + warehouse + "/"))
            .forEach(found::add);
      }
    }
    return found;
  }

  private static void draw(Path folder, int number) throws IOException {
    Files.write(
        folder.resolve(number + ".png"), PngEncoder.encode(GeneratedImage.draw(1, number, 128)));
  }

  private static void copyAll(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(folder.relativize(file).toString(), Sha256.of(file));
      }
    }
    return contents;
  }
}
