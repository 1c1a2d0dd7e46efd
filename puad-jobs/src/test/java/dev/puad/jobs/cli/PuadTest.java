package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PuadTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sql --jso q | Unknown option: --jso. Did you mean --json? Run: puad sql --help",
        "sq q | Unknown command: sq. Did you mean sql? Run: puad --help",
        "zebra | Unknown command: zebra. Run: puad --help",
        "'' | No command given. Run: puad --help",
        "sql | Missing required parameter: 'QUERY'. Run: puad sql --help",
        "sql a b | Unexpected argument: b. Run: puad sql --help",
        "sql a --max-rows 0"
            + " | Cannot set --max-rows to 0, the value must be positive. Run: puad sql --help",
        "sql a --max-rows x"
            + " | Invalid value for option '--max-rows': 'x' is not an int. Run: puad sql --help",
        "sql a --format xml"
            + " | Cannot set --format to xml, the value must be one of table, csv, json."
            + " Run: puad sql --help",
        "sql a --json --format csv"
            + " | Cannot use --json with --format csv: choose one. Run: puad sql --help",
        "sql a --seed"
            + " | Missing required parameter for option '--seed' (N). Run: puad sql --help",
        "sql a -Dseed | Value for option option '-D' (KEY=VALUE) should be in KEY=VALUE format but"
            + " was seed. Run: puad sql --help",
        "sql a -Dtrain.stepz=3 | Unknown configuration key puad.train.stepz (from -Dtrain.stepz)."
            + " Did you mean puad.train.steps?",
        "sql a -Dtrain.workers=0"
            + " | Cannot set puad.train.workers to 0, the value must be positive.",
        "sql a --dataset=" + " | Cannot set puad.dataset to \"\", the value must not be empty.",
      })
  void aWrongCommandLineGetsOneLineAndCodeTwo(String line, String message) {
    Ran ran = Ran.puad(line.isEmpty() ? new String[0] : line.split(" "));

    assertThat(ran.err()).isEqualTo("puad: " + message + "\n");
    assertThat(ran.out()).isEmpty();
    assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void helpIsPrintedOnStandardOutput() {
    Ran ran = Ran.puad("sql", "--help");

    assertThat(ran.out()).contains("puad sql", "--warehouse", "-D");
    assertThat(ran.code()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void versionNamesTheSoftwareBelow() {
    assertThat(Ran.puad("--version").out()).contains("puad ", "Spark 3.5.", "Java 17");
  }
}
