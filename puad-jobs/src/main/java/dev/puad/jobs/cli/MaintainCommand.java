package dev.puad.jobs.cli;

import dev.puad.jobs.config.Settings;
import dev.puad.jobs.config.UsageException;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Models;
import dev.puad.jobs.table.RelocateWarehouse;
import dev.puad.jobs.table.RunLog;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code puad maintain}: keeps a warehouse in order. */
@Command(name = "maintain", description = "Keeps a warehouse in order.")
final class MaintainCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private CommonOptions common;

  @Option(
      names = "--relocate",
      description =
          "Make a warehouse that was copied or moved stand alone; what it was copied from is"
              + " neither read nor written.")
  private boolean relocate;

  MaintainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (!relocate) {
      throw new UsageException("Nothing to maintain: ask for --relocate.");
    }
    Settings settings = common.settings();
    Path catalog = SparkSessions.ownCatalog(settings);
    SparkSession spark = SparkSessions.session(settings);
    AtomicLong bundles = new AtomicLong();
    RelocateWarehouse.Result result =
        new RelocateWarehouse(settings.warehouse(), catalog, spark.sessionState().newHadoopConf())
            .run(
                next ->
                    bundles.set(
                        relocateBundles(SparkSessions.onCatalog(settings, next), settings)));
    if (result.from().isEmpty()) {
      bundles.set(relocateBundles(SparkSessions.open(settings), settings));
    }
    report(settings, result, bundles.get());
    return ExitCode.DONE;
  }

  private static long relocateBundles(SparkSession spark, Settings settings) {
    Lake lake = Lake.open(spark);
    return RunLog.start("maintain", settings.render(), Version.json())
        .record(lake, () -> new Models(lake).relocate(settings.warehouse().resolve("bundles")));
  }

  private void report(Settings settings, RelocateWarehouse.Result result, long bundles) {
    List<String> from = result.from().stream().map(Path::toString).toList();
    if (!result.outside().isEmpty()) {
      terminal
          .err()
          .printf(
              "puad: %s in no warehouse, and what they were copied from uses the same files%n",
              result.outside().stream().collect(Collectors.joining(", ", "", " are")));
    }
    if (common.json()) {
      Map<String, Object> shape = new LinkedHashMap<>();
      shape.put("warehouse", settings.warehouse().toString());
      shape.put("from", from);
      shape.put("tables", result.tables());
      shape.put("views", result.views());
      shape.put("bundles", bundles);
      shape.put("outside", result.outside());
      terminal.json(shape);
    } else if (from.isEmpty() && bundles == 0) {
      terminal.out().printf("%s is where its tables say; nothing is to do%n", settings.warehouse());
    } else {
      terminal
          .out()
          .printf(
              "%s stands alone: %d tables, %d views and the paths of %d bundles were relocated%s%n",
              settings.warehouse(),
              result.tables(),
              result.views(),
              bundles,
              from.isEmpty() ? "" : " from " + String.join(", ", from));
    }
  }
}
