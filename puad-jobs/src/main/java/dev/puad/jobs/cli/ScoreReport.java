package dev.puad.jobs.cli;

import dev.puad.jobs.pipeline.PlanScoring;
import dev.puad.jobs.pipeline.ScoreArchive;
import dev.puad.jobs.table.RunLog;
import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code puad score} says of a run, to a person or as JSON. */
final class ScoreReport {

  private ScoreReport() {}

  /** What a run would do. */
  static void planned(Terminal terminal, CommonOptions common, PlanScoring.Work work) {
    long bytes = work.categories().values().stream().mapToLong(PlanScoring.Found::bytes).sum();
    if (common.json()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("images", work.count());
      result.put("bytes", bytes);
      result.put("skipped", work.skipped());
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
      result.put("categories", categories);
      leftOut(result, work);
      terminal.json(result);
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

  /** What a run did. */
  static void done(
      Terminal terminal,
      CommonOptions common,
      RunLog run,
      PlanScoring.Work work,
      ScoreArchive.Result result) {
    RunLog.Counts counts = result.counts();
    warn(terminal, work);
    if (common.json()) {
      terminal.json(summary(run, work, result));
      return;
    }
    terminal
        .out()
        .printf(
            "%d images scored, %d skipped, %d rejected in %.0f s (run %s)%n",
            counts.scored(), counts.skipped(), counts.rejected(), run.seconds(), run.run());
  }

  private static Map<String, Object> summary(
      RunLog run, PlanScoring.Work work, ScoreArchive.Result result) {
    RunLog.Counts counts = result.counts();
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("run", run.run());
    summary.put("scored", counts.scored());
    summary.put("skipped", counts.skipped());
    summary.put("rejected", counts.rejected());
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
    leftOut(summary, work);
    return summary;
  }

  private static void leftOut(Map<String, Object> result, PlanScoring.Work work) {
    result.put("unmatched", work.unmatched());
    result.put("withoutModel", work.withoutModel());
  }

  /** An image that nobody scores is not to go unnoticed. */
  private static void warn(Terminal terminal, PlanScoring.Work work) {
    if (work.unmatched() > 0) {
      terminal.err().printf("puad: %d images fit no category%n", work.unmatched());
    }
    work.withoutModel()
        .forEach(
            (category, count) ->
                terminal
                    .err()
                    .printf(
                        "puad: %d images of category %s are not scored: it has no bundle%n",
                        count, category));
  }
}
