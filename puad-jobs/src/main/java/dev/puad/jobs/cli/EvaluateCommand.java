package dev.puad.jobs.cli;

import dev.puad.jobs.config.Settings;
import dev.puad.jobs.config.UsageException;
import dev.puad.jobs.pipeline.CategoryFolder;
import dev.puad.jobs.pipeline.CategoryFolders;
import dev.puad.jobs.pipeline.MapsFolder;
import dev.puad.jobs.pipeline.MeasuredCategory;
import dev.puad.jobs.report.CategoryMeans;
import dev.puad.jobs.report.CategoryMetrics;
import dev.puad.jobs.report.CategoryReport;
import dev.puad.jobs.report.Metric;
import dev.puad.jobs.report.PaperTables;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.MetricRows;
import dev.puad.jobs.table.ModelFamily;
import dev.puad.jobs.table.Models;
import dev.puad.jobs.table.RunLog;
import dev.puad.jobs.train.TrainCategory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code puad evaluate}: measures scores and maps against ground truth. */
@Command(
    name = "evaluate",
    description =
        "Measures how well scores and maps find anomalies: AUROC, average precision, F1, sPRO.")
final class EvaluateCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "A category's folder with test images and ground truth, or a folder of categories.")
  private String data;

  @Option(
      names = "--maps",
      paramLabel = "DIR",
      description =
          "Evaluate float32 TIFF maps of any method, DIR/<category>/test/<kind>/<id>.tiff,"
              + " instead of our scores; no image is needed then.")
  private String maps;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What to call the maps in puad.metrics; default the name of their folder.")
  private String name;

  @Option(
      names = "--bound",
      paramLabel = "E",
      description = "How far an area may be off; default 1e-5, 0 tells every distinct value apart.")
  private String bound;

  @Option(
      names = "--write-maps",
      paramLabel = "DIR",
      description = "Write our maps, at the images' size, as float32 TIFF in the layout of --maps.")
  private String writeMaps;

  @Option(
      names = "--tables",
      description = "Print the papers' tables with the numbers of puad.metrics beside theirs.")
  private boolean tables;

  EvaluateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    checkOptions();
    Settings settings = common.sources().option("--bound", "evaluate.error-bound", bound).resolve();
    if (data != null) {
      evaluate(settings);
    }
    if (tables) {
      printTables(settings);
    }
    return ExitCode.DONE;
  }

  private void checkOptions() {
    if (data == null && !tables) {
      throw new UsageException(
          "Nothing to evaluate: name a category's folder with --data, or ask for --tables.");
    }
    refuse(data == null && maps != null, "--maps", "it needs --data, the data set's ground truth");
    refuse(data == null && writeMaps != null, "--write-maps", "it needs --data");
    refuse(data != null && tables && common.json(), "--tables --json", "leave --data out");
    refuse(maps != null && model.given(), "--version", "maps of --maps have none");
    refuse(maps != null && writeMaps != null, "--write-maps", "it writes our maps, not --maps");
    refuse(maps == null && name != null, "--name", "it names the maps of --maps");
  }

  private static void refuse(boolean wrong, String option, String why) {
    if (wrong) {
      throw new UsageException("Cannot use %s here: %s.".formatted(option, why));
    }
  }

  private void evaluate(Settings settings) {
    List<CategoryEvaluation> works = maps == null ? ownScores(settings) : foreignMaps(settings);
    Lake lake = Lake.open(SparkSessions.open(settings));
    RunLog run = RunLog.start("evaluate", settings.render(), Version.json());
    List<Map<String, Object>> json = new ArrayList<>();
    summarize(run.record(lake, () -> measure(works, lake, run, json)), json);
  }

  private List<List<Metric>> measure(
      List<CategoryEvaluation> works, Lake lake, RunLog run, List<Map<String, Object>> json) {
    List<List<Metric>> metrics = new ArrayList<>();
    for (CategoryEvaluation work : works) {
      Instant begun = Instant.now();
      MeasuredCategory measured = work.measure(lake);
      CategoryReport report = new CategoryReport(measured);
      if (common.json()) {
        json.add(report.json());
      } else {
        report.print(terminal.out(), work.title());
        terminal.out().println();
      }
      terminal
          .err()
          .printf(
              "puad: %s measured in %.1f s%n",
              measured.category(), Duration.between(begun, Instant.now()).toMillis() / 1e3);
      List<Metric> numbers = CategoryMetrics.of(measured);
      metrics.add(numbers);
      write(numbers, work.rows(run), lake);
      work.finish(lake, measured);
    }
    return metrics;
  }

  private static void write(List<Metric> numbers, MetricRows rows, Lake lake) {
    numbers.forEach(
        number ->
            rows.add(
                number.name(),
                number.subset(),
                number.parameter(),
                number.value(),
                number.errorBound()));
    rows.writeTo(lake);
  }

  private void summarize(List<List<Metric>> metrics, List<Map<String, Object>> json) {
    boolean several = metrics.size() > 1;
    if (!common.json()) {
      if (several) {
        new CategoryMeans(metrics).print(terminal.out());
      }
    } else if (several) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("categories", json);
      result.put("mean", new CategoryMeans(metrics).json());
      terminal.json(result);
    } else {
      terminal.json(json.get(0));
    }
  }

  private List<CategoryEvaluation> ownScores(Settings settings) {
    SparkSession spark = SparkSessions.openExisting(settings);
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Models models = new Models(Lake.existing(spark));
    List<CategoryEvaluation> works = new ArrayList<>();
    for (String folder : CategoryFolders.toEvaluate(hadoop, data)) {
      CategoryFolder category = CategoryFolder.open(hadoop, folder);
      ModelFamily family =
          new ModelFamily(settings.dataset(), category.name(), TrainCategory.METHOD);
      works.add(
          new OwnScores(terminal, settings, category, model.choose(models, family), writeMaps));
    }
    return works;
  }

  private List<CategoryEvaluation> foreignMaps(Settings settings) {
    Configuration hadoop = SparkSessions.session(settings).sessionState().newHadoopConf();
    List<CategoryEvaluation> works = new ArrayList<>();
    for (String folder : CategoryFolders.toEvaluate(hadoop, data)) {
      MapsFolder opened = MapsFolder.open(hadoop, folder, maps);
      works.add(new ForeignMaps(settings, opened, source(opened)));
    }
    return works;
  }

  private String source(MapsFolder folder) {
    String source = name == null ? folder.name() : name;
    if (source.isBlank()) {
      throw new UsageException(
          "Cannot name the maps after %s, which has no name: name them with --name."
              .formatted(maps));
    }
    return source;
  }

  private void printTables(Settings settings) {
    Lake lake = Lake.existing(SparkSessions.openExisting(settings));
    PaperTables papers = PaperTables.of(lake, settings.dataset(), TrainCategory.METHOD);
    if (common.json()) {
      terminal.json(papers.json());
    } else {
      papers.print(terminal.out());
    }
  }
}
