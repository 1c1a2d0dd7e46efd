package dev.puad.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.config.Settings;
import dev.puad.jobs.report.Networks.Network;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.ModelFamily;
import dev.puad.jobs.table.ModelRow;
import dev.puad.jobs.table.Models;
import dev.puad.model.detect.Fit;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.detect.Manifest;
import dev.puad.model.detect.MapScaling;
import dev.puad.model.detect.ScoreNormalization;
import dev.puad.model.network.Architecture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworksTest {

  private static final String DATASET = "networks";
  private static final String METHOD = "puad";

  @TempDir static Path warehouse;

  private static Lake lake;

  @BeforeAll
  static void open() {
    lake = Lake.open(LocalSpark.open(warehouse));
  }

  @Test
  void aTrainedModelsSettingsSayIt() {
    Settings settings =
        Settings.sources()
            .option("--warehouse", "warehouse", warehouse)
            .option("--network", "train.network", "medium")
            .option("--features", "train.unpicturable-features", "teacher")
            .resolve();

    publish("trained", settings.renderOnly("train", "image"), Path.of("/no/such/bundle"));

    assertThat(network("trained")).isEqualTo(new Network("medium", "teacher"));
  }

  @Test
  void anImportedModelsBundleSaysIt(@TempDir Path bundle) throws IOException {
    new ObjectMapper()
        .writeValue(bundle.resolve("manifest.json").toFile(), manifest(Architecture.SMALL));

    publish("imported", "{\"train\":{\"image-size\":256}}", bundle);

    assertThat(network("imported")).isEqualTo(new Network("small", "student"));
  }

  @Test
  void withoutSettingAndBundleItIsUnknown() {
    publish("moved", "{}", Path.of("/no/such/bundle"));

    assertThat(network("moved")).isEqualTo(Network.UNKNOWN);
  }

  @Test
  void withoutAModelItIsUnknown() {
    assertThat(network("deleted")).isEqualTo(Network.UNKNOWN);
  }

  private static Network network(String category) {
    return Networks.read(lake, DATASET, METHOD)
        .of(new Evaluation("", category, 1, Instant.EPOCH, Map.of()));
  }

  private static void publish(String category, String configuration, Path bundle) {
    new Models(lake)
        .publish(
            new ModelRow(
                new ModelFamily(DATASET, category, METHOD),
                1,
                Instant.parse("2026-11-03T10:00:00Z"),
                configuration,
                "fingerprint",
                "{}",
                bundle.toString(),
                "checksum",
                "ready"));
  }

  private static Manifest manifest(Architecture architecture) {
    return new Manifest(
        Manifest.FORMAT,
        DATASET,
        "imported",
        METHOD,
        1,
        architecture,
        "student",
        "puad",
        JsonNodeFactory.instance.objectNode(),
        "fingerprint",
        Map.of(
            GraphVariant.WINOGRAD.statistics(),
            new Manifest.Variant(
                new MapScaling(0.5, 1.5, 0.25, 0.75),
                new ScoreNormalization(0.5, 0.25),
                new ScoreNormalization(2, 0.5),
                12,
                new Fit(50, 0))),
        Map.of());
  }
}
