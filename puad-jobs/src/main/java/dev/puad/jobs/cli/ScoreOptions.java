package dev.puad.jobs.cli;

import dev.puad.jobs.archive.CategoryRule;
import dev.puad.jobs.config.Settings;
import dev.puad.jobs.config.UsageException;
import dev.puad.jobs.pipeline.CompareContents;
import dev.puad.jobs.pipeline.PlanScoring;
import dev.puad.model.BadInputException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which images of an archive a run is for; a picocli mixin. */
final class ScoreOptions {

  @ArgGroup(multiplicity = "1")
  private Categories categories;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Only images modified then or later: 2026-11-22 (midnight UTC) or 2026-11-22T18:00:00Z.")
  private String since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Only images modified before, in the same notation.")
  private String until;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many images; the next run goes on.")
  private Integer limit;

  @Option(
      names = "--retry-rejects",
      description = "Also images that were rejected and have not changed since.")
  private boolean retryRejects;

  @Option(
      names = "--compare-content",
      description =
          "Read the images that have been scored, and score those whose bytes are others; without"
              + " it, those whose time or length is another.")
  private boolean compareContent;

  @Option(
      names = "--dry-run",
      description = "Count what there is to do, and its bytes; write nothing.")
  private boolean dryRun;

  /** One category, or a rule. */
  static final class Categories {

    @Option(names = "--category", paramLabel = "NAME", description = "The category of every image.")
    private String category;

    @Option(
        names = "--categories",
        paramLabel = "PATTERN",
        description =
            "Which part of a path below PATH is the category, as in 'line3/{category}/**'; each is"
                + " scored by its own bundle.")
    private String pattern;

    CategoryRule rule() {
      try {
        return category == null ? CategoryRule.pattern(pattern) : CategoryRule.always(category);
      } catch (BadInputException e) {
        throw new UsageException(e.getMessage(), e);
      }
    }
  }

  /** The one category, if it is one. */
  Optional<String> category() {
    return Optional.ofNullable(categories.category);
  }

  boolean dryRun() {
    return dryRun;
  }

  /**
   * Finds mistakes before anything is started or read.
   *
   * @throws UsageException if the options cannot be what is wanted
   */
  void check() {
    categories.rule();
    if (limit != null && limit < 1) {
      throw new UsageException("Cannot set --limit to %d, it must be at least 1.".formatted(limit));
    }
    Optional<Instant> from = since();
    Optional<Instant> to = until();
    if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
      throw new UsageException(
          "Cannot use --since %s with --until %s: since must be before until."
              .formatted(since, until));
    }
  }

  /** What was typed, for the run's row: the settings do not say it. */
  Map<String, Object> typed() {
    Map<String, Object> typed = new LinkedHashMap<>();
    typed.put("category", categories.category);
    typed.put("categories", categories.pattern);
    typed.put("since", since);
    typed.put("until", until);
    typed.put("limit", limit);
    typed.put("retry-rejects", retryRejects);
    typed.put("compare-content", compareContent);
    return typed;
  }

  /**
   * What is asked for, once it is {@linkplain #check checked}, of an archive and the versions of
   * its models.
   */
  PlanScoring.Request request(
      String root, Settings settings, String method, Map<String, Long> versions) {
    return new PlanScoring.Request(
        root,
        categories.rule(),
        settings.dataset(),
        method,
        versions,
        since(),
        until(),
        Optional.ofNullable(limit),
        retryRejects ? PlanScoring.Rejects.RETRIED : PlanScoring.Rejects.LEFT,
        compareContent
            ? Optional.of(
                new CompareContents.Reading(
                    settings.image().limits(), settings.archive().patience()))
            : Optional.empty());
  }

  private Optional<Instant> since() {
    return instant("--since", since);
  }

  private Optional<Instant> until() {
    return instant("--until", until);
  }

  private static Optional<Instant> instant(String option, String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          text.contains("T")
              ? Instant.parse(text)
              : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
    } catch (DateTimeException e) {
      throw new UsageException(
          "Cannot set %s to %s, it must be a date or a time such as 2026-11-22T18:00:00Z."
              .formatted(option, text));
    }
  }
}
