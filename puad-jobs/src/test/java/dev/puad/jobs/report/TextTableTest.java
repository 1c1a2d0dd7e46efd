package dev.puad.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.puad.jobs.report.TextTable.Align;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {

  @Test
  void alignsColumns() {
    TextTable table =
        new TextTable(List.of("name", "auroc"), List.of(Align.LEFT, Align.RIGHT))
            .row(List.of("picturable", "0.9"))
            .row(List.of("map", "0.125"));

    assertThat(printed(table))
        .isEqualTo(
            """
            name        auroc
            ----------  -----
            picturable    0.9
            map         0.125
            """);
  }

  @Test
  void wrapsALongValueWithoutLosingAnyOfIt() {
    String value = "0123456789".repeat(13);
    TextTable table =
        new TextTable(List.of("path", "n"), List.of(Align.LEFT, Align.RIGHT))
            .row(List.of(value, "1"));

    assertThat(printed(table).lines().skip(2))
        .containsExactly(
            value.substring(0, 60) + "  1", value.substring(60, 120), value.substring(120));
  }

  @Test
  void keepsTheLinesOfAValue() {
    TextTable table =
        new TextTable(List.of("a", "b"), List.of(Align.LEFT, Align.LEFT)).row(List.of("x\ny", "z"));

    assertThat(printed(table).lines().skip(2)).containsExactly("x  z", "y");
  }

  @Test
  void countsWhatATerminalShows() {
    assertThat(TextTable.width("瓶")).isEqualTo(2);
    assertThat(TextTable.width("e\u0301")).isEqualTo(1);
    assertThat(TextTable.width("😀")).isEqualTo(2);
    assertThat(TextTable.width("größe")).isEqualTo(5);
  }

  @Test
  void showsAControlCharacterAsAReplacement() {
    TextTable table =
        new TextTable(List.of("a"), List.of(Align.LEFT)).row(List.of("x\u001b[31my\tz"));

    assertThat(printed(table).lines().skip(2)).containsExactly("x\uFFFD[31my\uFFFDz");
  }

  @Test
  void setsRowsApartByARule() {
    TextTable table =
        new TextTable(List.of("method", "n"), List.of(Align.LEFT, Align.RIGHT))
            .rule()
            .row(List.of("a", "1"))
            .rule()
            .row(List.of("b", "22"))
            .rule();

    assertThat(printed(table))
        .isEqualTo(
            """
            method   n
            ------  --
            a        1
            ------  --
            b       22
            """);
  }

  @Test
  void keepsARowOnOneLineWhereItIsAskedFor() {
    String path = "/archive/".repeat(20);
    TextTable table =
        new TextTable(List.of("path", "n"), List.of(Align.LEFT, Align.RIGHT))
            .row(List.of(path, "1"))
            .row(List.of("x\ny\u001b", "2"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    table.print(
        new PrintStream(bytes, true, StandardCharsets.UTF_8), TextTable.LongValues.ON_ONE_LINE);

    assertThat(bytes.toString(StandardCharsets.UTF_8).lines().skip(2).map(String::stripTrailing))
        .containsExactly(path + "  1", "x y\uFFFD" + " ".repeat(path.length() - 4) + "  2");
  }

  @Test
  void refusesARowOfAnotherLength() {
    TextTable table = new TextTable(List.of("a"), List.of(Align.LEFT));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> table.row(List.of("x", "y")))
        .withMessage("a row of 2 values for 1 columns");
  }

  private static String printed(TextTable table) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    table.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
