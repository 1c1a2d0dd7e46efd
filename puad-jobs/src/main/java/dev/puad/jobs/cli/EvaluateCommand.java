package dev.puad.jobs.cli;

import dev.puad.jobs.config.Settings;
import dev.puad.jobs.pipeline.CategoryFolder;
import dev.puad.jobs.pipeline.EvaluateCategory;
import dev.puad.jobs.report.TextTable;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.MetricRows;
import dev.puad.jobs.table.ModelFamily;
import dev.puad.jobs.table.ModelRow;
import dev.puad.jobs.table.Models;
import dev.puad.jobs.table.RunLog;
import dev.puad.jobs.table.Tables;
import dev.puad.jobs.train.TrainCategory;
import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.metric.BySubset;
import dev.puad.model.metric.EvaluationState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code puad evaluate}: measures a category's scores and maps against its ground truth. */
@Command(name = "evaluate", description = "Measures image AUROC and the area under the sPRO curve.")
final class EvaluateCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "The category's folder with test images and ground truth.")
  private String data;

  EvaluateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Settings settings = common.settings();
    SparkSession spark = SparkSessions.openExisting(settings);
    CategoryFolder folder = CategoryFolder.open(spark.sessionState().newHadoopConf(), data);
    ModelFamily family = new ModelFamily(settings.dataset(), folder.name(), TrainCategory.METHOD);
    ModelRow chosen = model.choose(new Models(Lake.existing(spark)), family);
    Lake lake = Lake.open(SparkSessions.open(settings));
    RunLog run = RunLog.start("evaluate", settings.render(), Version.json());
    try {
      EvaluationState state =
          EvaluateCategory.evaluate(
              lake,
              new EvaluateCategory.Request(
                  folder, chosen, settings.evaluate().sproBits(), settings.image().limits()));
      tellWhatTakesNoPart(folder, state);
      Map<String, BySubset> auroc = state.auroc();
      Map<Double, EvaluationState.Localization> auSpro =
          state.auSpro(settings.evaluate().fprLimits());
      lake.merge(Tables.METRICS, rows(lake, chosen, run, auroc, auSpro));
      run.done(lake, RunLog.Counts.NONE);
      if (common.json()) {
        terminal.json(json(folder, state, auroc, auSpro));
      } else {
        print(folder, chosen, state, auroc, auSpro);
      }
      return ExitCode.DONE;
    } catch (RuntimeException e) {
      run.failed(lake, e);
      throw e;
    }
  }

  private void tellWhatTakesNoPart(CategoryFolder folder, EvaluationState state) {
    long measured = 0;
    for (AnomalyKind kind : AnomalyKind.values()) {
      measured += state.images(kind);
    }
    long rejected = folder.layout().test().size() - measured;
    if (rejected > 0) {
      terminal
          .err()
          .printf("puad: %d test images were rejected; puad.rejects says why%n", rejected);
    }
    if (state.unannotated() > 0) {
      terminal
          .err()
          .printf(
              "puad: %d anomalous test images have no ground truth; they count for AUROC alone%n",
              state.unannotated());
    }
  }

  private static Dataset<Row> rows(
      Lake lake,
      ModelRow model,
      RunLog run,
      Map<String, BySubset> auroc,
      Map<Double, EvaluationState.Localization> auSpro) {
    MetricRows rows = new MetricRows(model, run);
    auroc.forEach(
        (score, subsets) ->
            subsets
                .named()
                .forEach(
                    (subset, value) ->
                        rows.add("auroc_" + score, subset, 0, value, OptionalDouble.empty())));
    auSpro.forEach(
        (limit, areas) ->
            areas
                .areas()
                .named()
                .forEach(
                    (subset, value) ->
                        rows.add(
                            "au_spro",
                            subset,
                            limit,
                            value,
                            OptionalDouble.of(areas.errorBound()))));
    return rows.toDataset(lake.spark());
  }

  private static Map<String, Object> json(
      CategoryFolder folder,
      EvaluationState state,
      Map<String, BySubset> auroc,
      Map<Double, EvaluationState.Localization> auSpro) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("category", folder.name());
    Map<String, Object> scores = new LinkedHashMap<>();
    auroc.forEach((score, subsets) -> scores.put(score, nullable(subsets)));
    result.put("auroc", scores);
    Map<String, Object> limits = new LinkedHashMap<>();
    auSpro.forEach(
        (limit, areas) -> {
          Map<String, Object> values = nullable(areas.areas());
          values.put("errorBound", areas.errorBound());
          limits.put(String.valueOf(limit), values);
        });
    result.put("auSpro", limits);
    Map<String, Object> images = new LinkedHashMap<>();
    for (AnomalyKind kind : AnomalyKind.values()) {
      images.put(kind.name().toLowerCase(Locale.ROOT), state.images(kind));
    }
    result.put("images", images);
    return result;
  }

  private static Map<String, Object> nullable(BySubset subsets) {
    Map<String, Object> values = new LinkedHashMap<>();
    subsets
        .named()
        .forEach((name, value) -> values.put(name, value.isPresent() ? value.getAsDouble() : null));
    return values;
  }

  private void print(
      CategoryFolder folder,
      ModelRow model,
      EvaluationState state,
      Map<String, BySubset> auroc,
      Map<Double, EvaluationState.Localization> auSpro) {
    terminal
        .out()
        .printf(
            "%s version %d: %d good, %d structural, %d logical test images%n%n",
            folder.name(),
            model.version(),
            state.images(AnomalyKind.GOOD),
            state.images(AnomalyKind.STRUCTURAL),
            state.images(AnomalyKind.LOGICAL));
    List<String> columns = List.of("all", "structural", "logical", "mean");
    TextTable images = table("image AUROC", columns);
    auroc.forEach((score, subsets) -> images.row(cells(score, subsets, columns)));
    images.print(terminal.out());
    terminal.out().println();
    TextTable pixels = table("area under sPRO up to FPR", columns);
    auSpro.forEach(
        (limit, areas) -> pixels.row(cells(String.valueOf(limit), areas.areas(), columns)));
    pixels.print(terminal.out());
  }

  private static TextTable table(String first, List<String> columns) {
    List<String> titles = new ArrayList<>(List.of(first));
    titles.addAll(columns);
    List<TextTable.Align> aligns = new ArrayList<>(List.of(TextTable.Align.LEFT));
    columns.forEach(column -> aligns.add(TextTable.Align.RIGHT));
    return new TextTable(titles, aligns);
  }

  private static List<String> cells(String first, BySubset subsets, List<String> columns) {
    List<String> cells = new ArrayList<>(List.of(first));
    for (String column : columns) {
      OptionalDouble value = subsets.named().get(column);
      cells.add(
          value.isPresent()
              ? String.format(Locale.ROOT, "%.4f", value.getAsDouble())
              : "undefined");
    }
    return cells;
  }
}
