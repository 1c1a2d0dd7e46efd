package dev.puad.jobs.table;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.jobs.LocalSpark;
import dev.puad.model.BadInputException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsTest {

  private static final AtomicLong CATEGORIES = new AtomicLong();

  @TempDir static Path warehouse;

  private static Lake lake;
  private static Models models;

  private final ModelFamily family =
      new ModelFamily("default", "category" + CATEGORIES.incrementAndGet(), "puad");

  @BeforeAll
  static void open() {
    lake = Lake.open(LocalSpark.open(warehouse));
    models = new Models(lake);
  }

  @Test
  void versionsStartAtOne() {
    assertThat(models.nextVersion(family)).isEqualTo(1);
  }

  @Test
  void aPublishedModelIsReadBack() {
    models.publish(model(1));

    assertThat(models.current(family)).isEqualTo(model(1));
  }

  @Test
  void theLastPublishedModelAloneIsCurrent() {
    models.publish(model(1));
    models.publish(model(2));
    models.publish(model(3));

    assertThat(models.current(family)).isEqualTo(model(3));
    assertThat(current()).containsExactly(3L);
    assertThat(models.nextVersion(family)).isEqualTo(4);
  }

  @Test
  void publishingAVersionAgainReplacesItsRow() {
    models.publish(model(1));
    models.publish(model(2));
    models.publish(model(1));

    assertThat(current()).containsExactly(1L);
    assertThat(models.nextVersion(family)).isEqualTo(3);
  }

  @Test
  void anOlderVersionCanBeMadeCurrent() {
    models.publish(model(1));
    models.publish(model(2));

    models.makeCurrent(family, 1);

    assertThat(current()).containsExactly(1L);
  }

  @Test
  void familiesDoNotTouchEachOther() {
    ModelFamily other = new ModelFamily("other", family.category(), "puad");
    models.publish(model(1));
    models.publish(model(other, 1));
    models.publish(model(other, 2));

    assertThat(models.current(family).version()).isEqualTo(1);
    assertThat(models.current(other).version()).isEqualTo(2);
  }

  @Test
  void aModelIsFoundByWhatItWasTrainedBy() {
    models.publish(model(1));
    models.publish(model(2));

    assertThat(models.trainedBy(family, "f1")).contains(model(1));
    assertThat(models.trainedBy(family, "f3")).isEmpty();
  }

  @Test
  void twoPublishersLeaveOneCurrent() throws Exception {
    ExecutorService publishers = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (long version = 1; version <= 4; version++) {
        ModelRow model = model(version);
        done.add(
            publishers.submit(
                () -> new Models(Lake.existing(LocalSpark.another(warehouse))).publish(model)));
      }
      for (Future<?> publisher : done) {
        publisher.get(60, TimeUnit.SECONDS);
      }
    } finally {
      publishers.shutdownNow();
    }

    assertThat(current()).hasSize(1);
    assertThat(models.nextVersion(family)).isEqualTo(5);
  }

  @Test
  void aCategoryWithoutABundleSaysHowToTrainOne() {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> models.current(family))
        .withMessage(
            "Cannot use category %1$s: it has no bundle in %2$s. Run: puad train --data DIR/%1$s"
                .formatted(family.category(), warehouse));
  }

  @Test
  void aMissingVersionNamesThoseThereAre() {
    models.publish(model(1));
    models.publish(model(2));

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> models.version(family, 7))
        .withMessage(
            "Cannot use version 7 of category %s: its versions are 1, 2. Choose one with --version."
                .formatted(family.category()));
  }

  private List<Long> current() {
    List<Row> rows =
        lake.read(Tables.MODELS)
            .where(col("category").equalTo(family.category()).and(col("current")))
            .select("version")
            .collectAsList();
    return rows.stream().map(row -> row.getLong(0)).toList();
  }

  private ModelRow model(long version) {
    return model(family, version);
  }

  private static ModelRow model(ModelFamily family, long version) {
    return new ModelRow(
        family,
        version,
        Instant.parse("2026-11-03T10:00:00Z"),
        "{\"seed\":1}",
        "f" + version,
        "{}",
        "/w/bundles/" + version,
        "abc",
        "ready");
  }
}
