package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What one command line printed, and its exit code. */
record Ran(int code, String out, String err) {

  static Ran puad(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Puad.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            args);
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Runs a command on two cores and a warehouse. */
  static Ran in(Path warehouse, Object... arguments) {
    List<String> all = new ArrayList<>();
    for (Object argument : arguments) {
      all.add(argument.toString());
    }
    all.addAll(List.of("--master", "local[2]", "--warehouse", warehouse.toString()));
    return puad(all.toArray(String[]::new));
  }

  /** The names of an object's fields, in their order. */
  static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** This, which must have ended well. */
  Ran done() {
    assertThat(code).as(err).isEqualTo(ExitCode.DONE);
    return this;
  }

  /** It must have printed one line, a mistake's, and nothing else. */
  void assertMistake(int exitCode, String message) {
    assertThat(err).isEqualTo("puad: " + message + "\n");
    assertThat(out).isEmpty();
    assertThat(code).isEqualTo(exitCode);
  }

  /** The result of {@code --json}. */
  JsonNode json() {
    try {
      return new ObjectMapper().readTree(lastLine());
    } catch (IOException e) {
      throw new IllegalArgumentException(toString(), e);
    }
  }

  /** The last line of standard output. */
  String lastLine() {
    return out.strip().lines().reduce("", (first, second) -> second);
  }
}
