package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.puad.jobs.DrawnMaps;
import dev.puad.jobs.LocalSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code puad evaluate --maps} and {@code --tables}, on drawn maps of two categories. */
class EvaluateMapsCommandTest {

  private static final List<String> LIMITS = List.of("0.01", "0.05", "0.1", "0.3", "1.0");
  private static final List<String> SUBSETS = List.of("all", "structural", "logical", "mean");

  @TempDir private static Path temporary;

  private static Path warehouse;
  private static DrawnMaps bottle;
  private static JsonNode both;

  @BeforeAll
  static void evaluateBoth() throws IOException {
    warehouse = temporary.resolve("not there yet");
    bottle = DrawnMaps.loco(temporary, "bottle");
    DrawnMaps.loco(temporary, "jar");
    both =
        puad("evaluate", "--data", data(), "--maps", maps().resolve("bottle/.."), "--json")
            .done()
            .json();
  }

  @Test
  void mapsNeedNoImageAndNoWarehouse() {
    assertThat(both.at("/categories/0/category").asText()).isEqualTo("bottle");
    assertThat(both.at("/categories/1/category").asText()).isEqualTo("jar");
    assertThat(warehouse.resolve("catalog.db")).isRegularFile();
  }

  @Test
  void mapsAreCalledByTheirFolderHoweverItIsSpelled() {
    assertThat(
            LocalSpark.rows(
                warehouse,
                "select distinct dataset, category, method, version, source from puad.metrics"
                    + " where source not like '%rival%' order by category"))
        .containsExactly("[default,bottle,maps,0,maps]", "[default,jar,maps,0,maps]");
  }

  @Test
  void severalCategoriesAreAveraged() {
    for (String subset : SUBSETS) {
      for (String limit : LIMITS) {
        double sum = 0;
        for (JsonNode one : both.path("categories")) {
          sum += one.path("auSpro").path(limit).path(subset).doubleValue();
        }
        assertThat(both.path("mean").path("auSpro").path(limit).path(subset).doubleValue())
            .isCloseTo(sum / 2, within(1e-12));
      }
    }
    for (String metric : List.of("auroc", "averagePrecision", "bestF1")) {
      double sum = 0;
      for (JsonNode one : both.path("categories")) {
        sum += one.path(metric).path("map").path("all").doubleValue();
      }
      assertThat(both.path("mean").path(metric).path("map").path("all").doubleValue())
          .isCloseTo(sum / 2, within(1e-12));
    }
  }

  @Test
  void printsTheMeanOfSeveralCategoriesAndThePapersTables() {
    Ran printed = puad("evaluate", "--data", data(), "--maps", maps(), "--tables").done();

    assertThat(printed.out())
        .contains("bottle, maps of maps: 2 good, 2 structural, 2 logical test images")
        .contains("jar, maps of maps:", "mean of 2 categories", "au_spro 0.05")
        .contains("This warehouse, data set default");
  }

  @Test
  void aBoundOfZeroTellsEveryValueApartUnderTheNameThatIsGiven() {
    Ran evaluated =
        puad(
            "evaluate",
            "--data",
            bottle.data(),
            "--maps",
            maps(),
            "--bound",
            "0",
            "--name",
            "our rival's",
            "--json");

    JsonNode exact = evaluated.done().json();
    JsonNode near = both.at("/categories/0");
    for (String limit : LIMITS) {
      assertThat(errorBound(exact, limit)).isZero();
      for (String subset : SUBSETS) {
        assertThat(near.path("auSpro").path(limit).path(subset).doubleValue())
            .isCloseTo(
                exact.path("auSpro").path(limit).path(subset).doubleValue(),
                within(errorBound(near, limit) + 1e-12));
      }
    }
    assertThat(
            LocalSpark.rows(
                warehouse,
                "select distinct category, method, version, error_bound from puad.metrics"
                    + " where source = \"our rival's\" and metric = 'au_spro'"))
        .containsExactly("[bottle,maps,0,0.0]");
  }

  @Test
  void tablesAreJsonToo() {
    JsonNode tables = puad("evaluate", "--tables", "--json").done().json();

    assertThat(Ran.names(tables)).containsExactly("warehouse", "published");
    assertThat(tables.path("published").size()).isGreaterThan(1);
  }

  @Test
  void tablesOfAWarehouseThatIsNotThereAreRefused() {
    Path none = temporary.resolve("none");
    Ran ran =
        Ran.puad("evaluate", "--tables", "--master", "local[2]", "--warehouse", none.toString());

    assertThat(ran.err())
        .isEqualTo(
            "puad: Cannot read tables: no warehouse in %s. Run puad train or puad import first, or correct --warehouse.\n"
                .formatted(none));
    assertThat(ran.code()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(none).doesNotExist();
  }

  private static double errorBound(JsonNode evaluated, String limit) {
    return evaluated.path("auSpro").path(limit).path("errorBound").doubleValue();
  }

  private static Path data() {
    return bottle.data().getParent();
  }

  private static Path maps() {
    return bottle.maps().getParent();
  }

  private static Ran puad(Object... arguments) {
    return Ran.in(warehouse, arguments);
  }
}
