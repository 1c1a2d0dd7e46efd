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
    DefectsConfig config;
    try (InputStream in =
        Files.newInputStream(
            Fixtures.path("spro/c1-pushpins/dataset/pushpins/defects_config.json"))) {
      config = DefectsConfig.parse("pushpins", in);
    }

    assertThat(config.types()).hasSize(8);
    assertThat(config.ofPixelValue(252))
        .isEqualTo(new DefectType("missing_separator", 252, Saturation.RELATIVE, 1));
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
  void refusesAValueWithoutType() throws IOException {
    DefectsConfig config = parse("[" + ENTRY + "]");

    assertThatThrownBy(() -> config.ofPixelValue(3))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot find pixel_value 3 in d.json. Add its defect type.");
  }

  @Test
  void withoutAFileEveryValueSaturatesAtItsArea() {
    assertThat(DefectsConfig.none().ofPixelValue(7).saturation(123)).isEqualTo(123);
  }

  private static DefectsConfig parse(String text) throws IOException {
    return DefectsConfig.parse(
        "d.json", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
