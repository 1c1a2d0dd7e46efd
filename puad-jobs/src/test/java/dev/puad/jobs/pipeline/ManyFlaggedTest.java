package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.archive.CategoryRule;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyFlaggedTest {

  private static final Instant BEFORE = Instant.parse("2026-11-29T23:00:00Z");
  private static final Instant NIGHT = Instant.parse("2026-11-30T23:00:00Z");
  private static final double THRESHOLD = 5;

  @TempDir static Path warehouse;

  private static Lake lake;

  @BeforeAll
  static void writeTwoNights() {
    lake = Lake.open(LocalSpark.open(warehouse));
    List<Row> rows = new ArrayList<>();
    // The light has changed: all are far above the threshold, and were far below.
    add(rows, "cup", BEFORE, 99, 0, 0.5);
    add(rows, "cup", NIGHT, 0, 60, 84);
    // As many as there are defects: half of them and no more.
    add(rows, "lid", NIGHT, 20, 20, 9);
    add(rows, "few", NIGHT, 0, 19, 9);
    add(rows, "new", NIGHT, 9, 11, 9);
    lake.merge(Tables.SCORES, lake.spark().createDataFrame(rows, Tables.SCORES.schema()));
  }

  @Test
  void aNightThatFlagsAlmostAllIsToldWithItsNumbers() {
    assertThat(of("cup"))
        .containsExactly(
            new ManyFlagged("cup", 1, 60, 60, THRESHOLD, 84, 99, OptionalDouble.of(0.5)));
  }

  @Test
  void aNewModelHasNoEarlierScores() {
    assertThat(of("new"))
        .containsExactly(
            new ManyFlagged("new", 1, 20, 11, THRESHOLD, 9, 0, OptionalDouble.empty()));
  }

  @Test
  void halfOfTheImagesIsNotMost() {
    assertThat(of("lid")).isEmpty();
  }

  @Test
  void ofFewImagesNothingIsSaid() {
    assertThat(of("few")).isEmpty();
  }

  private static List<ManyFlagged> of(String category) {
    PlanScoring.Request request =
        new PlanScoring.Request(
            "file:///archive",
            CategoryRule.always(category),
            "default",
            "puad",
            Map.of(category, 1L),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            PlanScoring.Rejects.LEFT,
            Optional.empty());
    return ManyFlagged.of(
        lake,
        request,
        new ScoreImages.Stamp("default", "puad", NIGHT.toString(), Timestamp.from(NIGHT)));
  }

  private static void add(
      List<Row> rows, String category, Instant run, int normal, int anomalous, double score) {
    for (int i = 0; i < normal + anomalous; i++) {
      double own = i < normal ? 0.5 : score;
      rows.add(
          RowFactory.create(
              "%s/%s/%d.png".formatted(category, run, i),
              Timestamp.from(run),
              100L,
              "0",
              "default",
              category,
              "puad",
              1L,
              0.0,
              0.0,
              own,
              0.0,
              own,
              THRESHOLD,
              own > THRESHOLD,
              64,
              64,
              Timestamp.from(run),
              run.toString()));
    }
  }
}
