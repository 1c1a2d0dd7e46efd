package dev.puad.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import dev.puad.model.dataset.DefectType.Saturation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefectsConfigTest {

  private static final String ENTRY =
      "{\"defect_name\":\"bent\",\"pixel_value\":251,\"saturation_threshold\":16,\"relative_saturation\":false}";

  @Test
  void readsEveryField() throws IOException {
    assertThat(parse("[" + ENTRY + "]").types())
        .containsExactly(new DefectType("bent", 251, Saturation.ABSOLUTE, 16));
  }

  @Test
  void readsTheOfficialFile() throws IOException {
    DefectsConfig config = official("c1-pushpins", "pushpins");

    assertThat(config.types()).hasSize(8);
    assertThat(config.ofPixelValue(252))
        .contains(new DefectType("missing_separator", 252, Saturation.RELATIVE, 1));
  }

  @Test
  void holdsEveryDefectTypeOfThePaper() throws IOException {
    Map<String, List<DefectType>> categories = new LinkedHashMap<>();
    for (String[] row : table("loco-defects.tsv")) {
      categories.computeIfAbsent(row[0], category -> new ArrayList<>()).add(type(row));
    }

    assertThat(categories.values().stream().mapToInt(List::size).sum()).isEqualTo(89);
    for (List<DefectType> types : categories.values()) {
      String entries =
          types.stream().map(DefectsConfigTest::entry).collect(Collectors.joining(","));
      assertThat(parse("[" + entries + "]").types()).isEqualTo(types);
    }
  }

  /** Names differ between sources; 25 of them are known. Thresholds are scaled in these files. */
  @ParameterizedTest
  @CsvSource({
    "c1-pushpins, pushpins",
    "c3-breakfast-box, breakfast_box",
    "c7-pushpins-coarse-ties, pushpins"
  })
  void aPixelValueTellsThePapersDefectTypeWhateverItsName(String name, String category)
      throws IOException {
    Map<String, String> names = new HashMap<>();
    for (String[] row : table("loco-defects-renamed.tsv")) {
      names.put(row[0] + "/" + row[1], row[2]);
    }
    assertThat(names).hasSize(25);
    DefectsConfig config = official(name, category);
    int known = 0;
    for (String[] row : table("loco-defects.tsv")) {
      if (row[0].equals(category)) {
        DefectType type = config.ofPixelValue(type(row).pixelValue()).orElseThrow();
        assertThat(names.getOrDefault(category + "/" + type.name(), type.name())).isEqualTo(row[1]);
        assertThat(type.saturation()).isEqualTo(type(row).saturation());
        known++;
      }
    }
    assertThat(config.types()).hasSize(known);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"defect_name\":\"bent\" | \"x\":1 | defect_name is missing | a string",
        "251 | 0 | pixel_value is 0 | a whole number from 1 to 255",
        "251 | 256 | pixel_value is 256 | a whole number from 1 to 255",
        "251 | \"251\" | pixel_value is \"251\" | a whole number from 1 to 255",
        ":16 | :1.5 | saturation_threshold is 1.5 | a whole number of pixels, at least 1",
        ":16 | :null | saturation_threshold is null | a whole number of pixels, at least 1",
        "false | true | saturation_threshold is 16 | a fraction above 0, at most 1",
        "false | 0 | relative_saturation is 0 | true or false"
      })
  void namesTheFileAndTheFieldThatIsWrong(
      String right, String wrong, String problem, String expected) {
    String entry = ENTRY.replace(right, wrong);

    assertThatThrownBy(() -> parse("[" + entry + "]"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read d.json: " + problem + " in " + entry + ". Make it " + expected + ".");
  }

  @Test
  void refusesTwoTypesWithOneValue() {
    assertThatThrownBy(() -> parse("[" + ENTRY + "," + ENTRY.replace("bent", "broken") + "]"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read d.json: pixel_value 251 belongs to both bent and broken. Give each its"
                + " own.");
  }

  @Test
  void refusesWhatIsNoJson() {
    assertThatThrownBy(() -> parse("defects"))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("Cannot read d.json: it is not JSON (")
        .hasMessageEndingWith("). Replace the file.");
  }

  @ParameterizedTest
  @CsvSource({"{}", "''"})
  void refusesWhatIsNoList(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot read d.json: it is not a list of defect types. Replace the file.");
  }

  @Test
  void aValueMayHaveNoType() throws IOException {
    DefectsConfig config = parse("[" + ENTRY + "]");

    assertThat(config.ofPixelValue(3)).isEmpty();
  }

  private static DefectsConfig official(String name, String category) throws IOException {
    String file = "spro/%s/dataset/%s/defects_config.json".formatted(name, category);
    try (InputStream in = Files.newInputStream(Fixtures.path(file))) {
      return DefectsConfig.parse(category, in);
    }
  }

  /** The cells of a table of the LOCO paper, without its head. */
  private static List<String[]> table(String name) throws IOException {
    return Files.readAllLines(Fixtures.path("spro/" + name)).stream()
        .skip(1)
        .map(line -> line.split("\t", -1))
        .toList();
  }

  private static DefectType type(String[] row) {
    return new DefectType(
        row[1],
        Integer.parseInt(row[3]),
        Saturation.valueOf(row[4].toUpperCase(Locale.ROOT)),
        Double.parseDouble(row[5]));
  }

  private static String entry(DefectType type) {
    return "{\"defect_name\":\"%s\",\"pixel_value\":%d,\"saturation_threshold\":%s,\"relative_saturation\":%s}"
        .formatted(
            type.name(),
            type.pixelValue(),
            type.threshold(),
            type.saturation() == Saturation.RELATIVE);
  }

  private static DefectsConfig parse(String text) throws IOException {
    return DefectsConfig.parse(
        "d.json", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
