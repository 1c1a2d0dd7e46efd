package dev.puad.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.puad.jobs.report.PublishedTable.PublishedRow;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishedTablesTest {

  private final PublishedTables published = PublishedTables.read();

  @Test
  void holdsTheTablesOfBothPapers() {
    assertThat(published.tables())
        .extracting(table -> table.paper() + " " + table.number())
        .containsExactly(
            "puad 1", "puad 2", "puad 3", "loco 3", "loco 5", "loco 6", "loco 7", "loco 8",
            "loco 9");
  }

  @Test
  void everyTableHasItsRows() {
    assertThat(published.tables())
        .extracting(table -> table.rows().size())
        .containsExactly(4, 9, 2, 8, 8, 8, 8, 8, 8);
  }

  @Test
  void valuesAreThoseOfThePapers() {
    assertThat(value("puad", 1, "M, Teacher's output", "AUROC (structural)")).isEqualTo(95.49);
    assertThat(value("puad", 1, "S, Student's former half output", "AUROC (logical)"))
        .isEqualTo(92.01);
    assertThat(value("puad", 2, "SINBAD", "AUROC")).isEqualTo(86.8);
    assertThat(value("puad", 2, "EfficientAD (M)", "AUROC")).isEqualTo(90.7);
    assertThat(value("puad", 3, "EfficientAD", "screw bag")).isEqualTo(69.36);
    assertThat(value("puad", 3, "PUAD", "juice bottle")).isEqualTo(99.68);
    assertThat(value("puad", 3, "PUAD", "Latency [ms]")).isEqualTo(3.00);
    assertThat(value("loco", 3, "S-T", "Pushpins")).isEqualTo(0.523);
    assertThat(value("loco", 3, "GCAD (Ours)", "Juice Bottle")).isEqualTo(0.910);
    assertThat(value("loco", 5, "MNAD", "Logical anomalies")).isEqualTo(0.266);
    assertThat(value("loco", 6, "GCAD (Ours)", "Structural Anomalies")).isEqualTo(0.806);
    assertThat(value("loco", 7, "f-AnoGAN", "L = 0.3")).isEqualTo(0.624);
    assertThat(value("loco", 7, "SPADE", "L = 0.01")).isEqualTo(0.225);
    assertThat(value("loco", 8, "SPADE", "Logical Anomalies")).isEqualTo(0.647);
    assertThat(value("loco", 9, "VM", "Mean")).isEqualTo(0.684);
  }

  @Test
  void eachRowOfTable7RepeatsTheMeansOfTables3And5() {
    for (PublishedRow row : table("loco", 7).rows()) {
      String method = row.labels().get(0);
      assertThat(row.values().get(1))
          .as(method)
          .isEqualTo(value("loco", 3, method, "Mean"))
          .isEqualTo(value("loco", 5, method, "Mean"));
    }
  }

  @Test
  void onlyPuadsPrintedMeanIsNotTheMeanOfItsValues() {
    List<String> different = new ArrayList<>();
    for (PublishedTable table : published.tables()) {
      int mean = column(table, "mean");
      if (mean < 0) {
        continue;
      }
      for (PublishedRow row : table.rows()) {
        BigDecimal computed = mean(row.values().subList(0, mean));
        BigDecimal printed = BigDecimal.valueOf(row.values().get(mean));
        // The mean of rounded values is off by half a digit at most, and the printed one is too.
        BigDecimal rounding = BigDecimal.ONE.movePointLeft(table.decimals());
        if (computed.subtract(printed).abs().compareTo(rounding) > 0) {
          different.add(
              "%s %d %s: %s, not %s"
                  .formatted(
                      table.paper(), table.number(), row.labels().get(0), computed, printed));
        }
      }
    }

    assertThat(different).containsExactly("puad 3 PUAD: 92.5200, not 93.12");
  }

  @Test
  void theFootnoteSaysWhatTheMeanIsAndWhatALaterValueMakesOfIt() {
    List<Double> values = new ArrayList<>(table("puad", 3).rows().get(1).values().subList(0, 5));
    double mean = mean(values).doubleValue();
    values.set(column(table("puad", 3), "screw bag"), 84.36);
    double later = mean(values).doubleValue();

    assertThat(mean).isCloseTo(92.52, within(1e-9));
    assertThat(later).isCloseTo(93.178, within(1e-9));
    assertThat(table("puad", 3).notes())
        .containsExactly(
            "The five values of PUAD average 92.52, not the printed 93.12. The official repository"
                + " later gives 84.36 for screw bag, with which they average 93.18.");
  }

  @Test
  void everyNameLeadsSomewhere() {
    for (PublishedTable table : published.tables()) {
      assertThat(published.papers()).containsKey(table.paper());
      assertThat(published.dataSets()).containsKey(table.dataSet());
      assertThat(table.columns())
          .filteredOn(column -> column.category() != null)
          .allMatch(
              column ->
                  published
                      .dataSets()
                      .get(table.dataSet())
                      .categories()
                      .contains(column.category()));
    }
  }

  @Test
  void theDataSetsHaveTheirCategories() {
    assertThat(published.dataSets().get("mvtec-loco-ad").categories())
        .containsExactlyInAnyOrder(
            "breakfast_box", "juice_bottle", "pushpins", "screw_bag", "splicing_connectors");
    assertThat(published.dataSets().get("mvtec-ad").categories()).hasSize(15);
  }

  private double value(String paper, int number, String labels, String column) {
    PublishedTable table = table(paper, number);
    PublishedRow row =
        table.rows().stream()
            .filter(r -> String.join(", ", r.labels()).equals(labels))
            .findFirst()
            .orElseThrow();
    return row.values().get(column(table, column));
  }

  private PublishedTable table(String paper, int number) {
    return published.tables().stream()
        .filter(table -> table.paper().equals(paper) && table.number() == number)
        .findFirst()
        .orElseThrow();
  }

  private static int column(PublishedTable table, String title) {
    for (int c = 0; c < table.columns().size(); c++) {
      if (table.columns().get(c).title().equalsIgnoreCase(title)) {
        return c;
      }
    }
    return -1;
  }

  private static BigDecimal mean(List<Double> values) {
    BigDecimal sum = BigDecimal.ZERO;
    for (double value : values) {
      sum = sum.add(BigDecimal.valueOf(value));
    }
    return sum.divide(BigDecimal.valueOf(values.size()), 4, RoundingMode.HALF_EVEN);
  }
}
