package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.jobs.config.Settings;
import dev.puad.jobs.config.UsageException;
import dev.puad.jobs.pipeline.PlanScoring;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.MutuallyExclusiveArgsException;

class ScoreOptionsTest {

  @Test
  void aDateIsItsMidnightInUtc() {
    assertThat(request("--category", "bottle", "--since", "2026-11-22").since())
        .contains(Instant.parse("2026-11-22T00:00:00Z"));
  }

  @Test
  void aTimeIsTakenAsItIs() {
    assertThat(request("--category", "bottle", "--until", "2026-11-22T18:30:00Z").until())
        .contains(Instant.parse("2026-11-22T18:30:00Z"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "2026-13-01", "2026-11-22T18:30", "22.11.2026", ""})
  void otherTimesAreRefused(String time) {
    assertRefused(
        "Cannot set --since to %s, it must be a date or a time such as 2026-11-22T18:00:00Z."
            .formatted(time),
        "--category",
        "bottle",
        "--since",
        time);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-11-22", "2026-11-22T00:00:00Z", "2026-11-21"})
  void timesBetweenWhichNothingIsAreRefused(String until) {
    assertRefused(
        "Cannot use --since 2026-11-22 with --until %s: since must be before until."
            .formatted(until),
        "--category",
        "bottle",
        "--since",
        "2026-11-22",
        "--until",
        until);
  }

  @Test
  void sinceMayBeBeforeUntil() {
    assertThatCode(
            options("--category", "bottle", "--since", "2026-11-22", "--until", "2026-11-23")
                ::check)
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void aLimitThatAllowsNoImageIsRefused(int limit) {
    assertRefused(
        "Cannot set --limit to %d, it must be at least 1.".formatted(limit),
        "--category",
        "bottle",
        "--limit",
        String.valueOf(limit));
  }

  @Test
  void aCategoryIsThatOfEveryImage() {
    assertThat(categoryOf("line1/foo/1.png", "--category", "bottle")).isEqualTo("bottle");
  }

  @Test
  void aPatternFindsTheCategoryInThePath() {
    assertThat(categoryOf("line1/foo/1.png", "--categories", "line1/{category}/**"))
        .isEqualTo("foo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"line1/foo/**", "{category}/{category}/**", ""})
  void aPatternThatDoesNotNameTheCategoryOnceIsRefused(String pattern) {
    assertRefused(
        "Cannot use pattern %s: it must have {category} once, as in line3/{category}/**."
            .formatted(pattern),
        "--categories",
        pattern);
  }

  @Test
  void aCategoryAndAPatternAreNotParsedTogether() {
    assertThatExceptionOfType(MutuallyExclusiveArgsException.class)
        .isThrownBy(() -> options("--category", "bottle", "--categories", "{category}/**"))
        .withMessageContainingAll("--category", "--categories");
  }

  @Test
  void aCategoryOrAPatternIsDemanded() {
    assertThatExceptionOfType(MissingParameterException.class)
        .isThrownBy(() -> options("--dry-run"))
        .withMessageContainingAll("--category", "--categories");
  }

  /** The mixin alone; the whole of {@code puad score} has Spark behind it. */
  @Command
  private static final class Asking {
    @Mixin private ScoreOptions options;
  }

  private static ScoreOptions options(String... arguments) {
    return CommandLine.populateCommand(new Asking(), arguments).options;
  }

  private static PlanScoring.Request request(String... arguments) {
    return options(arguments)
        .request("file:///archive", Settings.sources().resolve(), "puad", Map.of("bottle", 1L));
  }

  private static String categoryOf(String path, String... arguments) {
    return request(arguments)
        .rule()
        .category("file:///archive", "file:///archive/" + path)
        .orElseThrow();
  }

  private static void assertRefused(String message, String... arguments) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(options(arguments)::check)
        .withMessage(message);
  }
}
