package dev.puad.jobs.cli;

import dev.puad.jobs.pipeline.FittingPattern;
import dev.puad.jobs.pipeline.LeftOut;
import dev.puad.jobs.pipeline.ManyFlagged;
import dev.puad.jobs.pipeline.PlanScoring;
import dev.puad.jobs.pipeline.ScoreArchive;
import dev.puad.jobs.table.RunLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What {@code puad score} says of a run, to a person or as JSON. */
final class ScoreReport {

  /** Shards and folders that a person reads of; JSON has more. */
  private static final int MOST_NAMED = 5;

  private ScoreReport() {}

  /** What a run would do. */
  static void planned(Terminal terminal, CommonOptions common, PlanScoring.Work work) {
    if (common.json()) {
      terminal.json(plan(work));
      return;
    }
    work.categories()
        .forEach(
            (category, found) ->
                terminal
                    .out()
                    .printf(
                        "%s: %d images to score, %d bytes; %d skipped%n",
                        category, found.left(), found.bytes(), found.skipped()));
    terminal.out().printf("%d images would be scored; nothing was written%n", work.count());
    warn(terminal, work);
  }

  /**
   * What a run did, in a line.
   *
   * @param counts of all categories
   */
  static void done(Terminal terminal, RunLog run, PlanScoring.Work work, RunLog.Counts counts) {
    long left = left(work, counts);
    terminal
        .out()
        .printf(
            "%d images scored, %d skipped, %d rejected in %.0f s (run %s)%s%n",
            counts.scored(),
            counts.skipped(),
            counts.rejected(),
            run.seconds(),
            run.run(),
            left == 0 ? "" : ", %d left to do".formatted(left));
  }

  /** Images that a run leaves to the next, beyond its limit or for a broken bundle. */
  static long left(PlanScoring.Work work, RunLog.Counts counts) {
    return work.categories().values().stream().mapToLong(PlanScoring.Found::left).sum()
        - counts.scored()
        - counts.rejected();
  }

  /** What a run would do, as JSON has it. */
  static Map<String, Object> plan(PlanScoring.Work work) {
    Map<String, Object> plan = new LinkedHashMap<>();
    plan.put("images", work.count());
    plan.put("bytes", work.bytes());
    plan.put("skipped", work.skipped());
    plan.put("left", left(work, RunLog.Counts.NONE) - work.count());
    Map<String, Object> categories = new LinkedHashMap<>();
    work.categories()
        .forEach(
            (category, found) ->
                categories.put(
                    category,
                    Map.of(
                        "images", found.left(),
                        "bytes", found.bytes(),
                        "skipped", found.skipped())));
    plan.put("categories", categories);
    leftOut(plan, work);
    return plan;
  }

  /**
   * What is known of a run that failed, as JSON has it.
   *
   * @param run empty where it had not begun
   */
  static Map<String, Object> failed(Optional<RunLog> run, Throwable failure) {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("run", run.map(RunLog::run).orElse(null));
    summary.put("outcome", "failed");
    summary.put("error", String.valueOf(failure.getMessage()));
    return summary;
  }

  /**
   * What is known of a run that was stopped by a signal, as JSON has it.
   *
   * @param run empty where it had not begun
   */
  static Map<String, Object> stopped(Optional<RunLog> run) {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("run", run.map(RunLog::run).orElse(null));
    summary.put("outcome", RunLog.STOPPED);
    return summary;
  }

  /** What a run did, as JSON has it. */
  static Map<String, Object> summary(
      RunLog run, PlanScoring.Work work, ScoreArchive.Result result, List<ManyFlagged> flagged) {
    RunLog.Counts counts = result.counts();
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("run", run.run());
    summary.put("outcome", "done");
    summary.put("scored", counts.scored());
    summary.put("skipped", counts.skipped());
    summary.put("rejected", counts.rejected());
    summary.put("left", left(work, counts));
    summary.put("seconds", run.seconds());
    Map<String, Object> categories = new LinkedHashMap<>();
    result
        .categories()
        .forEach(
            (category, count) ->
                categories.put(
                    category,
                    Map.of(
                        "scored", count.scored(),
                        "skipped", count.skipped(),
                        "rejected", count.rejected())));
    summary.put("categories", categories);
    summary.put("reasons", result.reasons());
    summary.put("broken", result.broken());
    summary.put("manyFlagged", manyFlagged(flagged));
    leftOut(summary, work);
    return summary;
  }

  private static void leftOut(Map<String, Object> result, PlanScoring.Work work) {
    result.put("unmatched", work.unmatched());
    result.put("unmatchedIn", work.leftOut().places());
    result.put(
        "fittingPattern", work.leftOut().fitting().map(FittingPattern::pattern).orElse(null));
    result.put("lost", work.lost().errors());
    result.put("others", work.others());
    result.put("withoutModel", work.withoutModel());
  }

  /** An image that nobody scores is not to go unnoticed. */
  static void warn(Terminal terminal, PlanScoring.Work work) {
    if (work.others() > 0) {
      terminal.err().printf("puad: %d other files are no images by their names%n", work.others());
    }
    if (work.unmatched() > 0) {
      terminal.err().printf("puad: %d images fit no category%n", work.unmatched());
    }
    work.lost().errors().entrySet().stream()
        .limit(MOST_NAMED)
        .forEach(
            lost ->
                terminal
                    .err()
                    .printf("puad: %s is not scored: %s%n", lost.getKey(), lost.getValue()));
    if (work.lost().count() > MOST_NAMED) {
      terminal.err().printf("puad: and %d more%n", work.lost().count() - MOST_NAMED);
    }
    work.withoutModel()
        .forEach(
            (category, count) ->
                terminal
                    .err()
                    .printf(
                        "puad: %d images of category %s are not scored: it has no bundle%n",
                        count, category));
    if (work.leftOut().images() > 0) {
      warn(terminal, work.leftOut());
    }
  }

  private static void warn(Terminal terminal, LeftOut leftOut) {
    String named =
        leftOut.places().entrySet().stream()
            .limit(MOST_NAMED)
            .map(place -> "%s (%d images)".formatted(place.getKey(), place.getValue()))
            .collect(Collectors.joining(", "));
    long more = leftOut.places().size() + leftOut.morePlaces() - MOST_NAMED;
    terminal
        .err()
        .printf(
            "puad: images of no category with a bundle are in %s%s.%s%n",
            named, more > 0 ? " and in %d more folders".formatted(more) : "", fitting(leftOut));
  }

  /** A sentence on what to give as pattern, where one is known; begins with a blank. */
  static String fitting(LeftOut leftOut) {
    return leftOut
        .fitting()
        .map(
            fitting ->
                " --categories '%s' would fit %s."
                    .formatted(
                        fitting.pattern(),
                        fitting.images() == leftOut.images()
                            ? "all of them"
                            : "%d of them".formatted(fitting.images())))
        .orElse("");
  }

  /** A category of which nothing is scored until a person has seen to its bundle. */
  static void warn(Terminal terminal, ScoreArchive.Result result) {
    result
        .broken()
        .forEach(
            (category, error) ->
                terminal.err().printf("puad: category %s is not scored: %s%n", category, error));
  }

  /** A night that flags most of what it sees has something to say that single images do not. */
  static void warn(Terminal terminal, List<ManyFlagged> flagged) {
    for (ManyFlagged category : flagged) {
      String earlier =
          category.earlierMedian().isPresent()
              ? String.format(
                  Locale.ROOT,
                  "%.4g over the %d images that version %d scored before",
                  category.earlierMedian().getAsDouble(),
                  category.earlierImages(),
                  category.version())
              : "version %d has scored no others".formatted(category.version());
      terminal
          .err()
          .printf(
              Locale.ROOT,
              "puad: %d of %d images of category %s are above the threshold %.4g: their median"
                  + " score is %.4g (%s). Look at some of them: light, camera or product may have"
                  + " changed%n",
              category.flagged(),
              category.images(),
              category.category(),
              category.threshold(),
              category.median(),
              earlier);
    }
  }

  private static Map<String, Object> manyFlagged(List<ManyFlagged> flagged) {
    Map<String, Object> categories = new LinkedHashMap<>();
    for (ManyFlagged category : flagged) {
      Map<String, Object> numbers = new LinkedHashMap<>();
      numbers.put("images", category.images());
      numbers.put("flagged", category.flagged());
      numbers.put("threshold", category.threshold());
      numbers.put("medianScore", category.median());
      numbers.put("earlierImages", category.earlierImages());
      numbers.put(
          "earlierMedianScore",
          category.earlierMedian().isPresent() ? category.earlierMedian().getAsDouble() : null);
      categories.put(category.category(), numbers);
    }
    return categories;
  }
}
