package dev.puad.jobs.cli;

import dev.puad.jobs.config.SettingSources;
import dev.puad.jobs.config.Settings;
import dev.puad.jobs.config.TrainSettings;
import dev.puad.jobs.config.UsageException;
import dev.puad.jobs.pipeline.CategoryFolder;
import dev.puad.jobs.pipeline.ScoringPlan;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.RunLog;
import dev.puad.jobs.train.ImportCategory;
import dev.puad.jobs.train.OfficialFiles;
import dev.puad.jobs.train.OfficialModel;
import dev.puad.jobs.train.PublishBundle;
import dev.puad.model.detect.FeatureSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code puad import}: makes a bundle of weights that the official PyTorch code trained. */
@Command(
    name = "import",
    description = "Makes a category's bundle of weights that the official PUAD code trained.")
final class ImportCommand implements Callable<Integer> {

  /** The official code's. */
  private static final int IMAGE_SIZE = 256;

  private final Terminal terminal;

  @Mixin private CommonOptions common;

  @Option(
      names = "--pytorch",
      paramLabel = "DIR",
      required = true,
      description =
          "The official code's model_dir_path: SIZE_size/teacher/teacher.pt and"
              + " SIZE_size/DATASET/CATEGORY/{student,autoencoder,mu,sigma,quantile}.pt.")
  private Path pytorch;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description =
          "The category's folder in LOCO or MVTec AD layout, by whose name its model is found.")
  private String data;

  @Option(
      names = "--size",
      paramLabel = "NAME",
      description = "s or m, as in s_size; default the only one there is.")
  private String size;

  @Option(
      names = "--pytorch-dataset",
      paramLabel = "NAME",
      description =
          "The model folder's data set; default the only one with the category, or the one named"
              + " as the folder that --data is in.")
  private String dataset;

  @Option(
      names = "--image-size",
      paramLabel = "N",
      description = "Side of the networks' input in pixels; default 256, the official code's.")
  private Integer imageSize;

  @Option(
      names = "--map-variant",
      paramLabel = "NAME",
      description =
          "Whose anomaly maps: puad alone, since quantile.pt holds quantiles of its maps.")
  private String mapVariant;

  @Option(
      names = "--force",
      description = "Import although the same was imported with the same images before.")
  private boolean force;

  @Option(
      names = "--make-current",
      description =
          "Where the same was imported with the same images before, make that version the current one.")
  private boolean makeCurrent;

  ImportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    SettingSources sources =
        common
            .sources()
            .option("--image-size", "train.image-size", imageSize)
            .option("--map-variant", "train.map-variant", mapVariant);
    TrainSettings given = sources.resolve().train();
    checkMapVariant(given.mapVariant());
    int side = given.imageSize();
    Settings sized =
        sources.option("--image-size", "train.image-size", side == 0 ? IMAGE_SIZE : side).resolve();
    SparkSession spark = SparkSessions.session(sized);
    CategoryFolder folder = CategoryFolder.open(spark.sessionState().newHadoopConf(), data);
    // Whatever is wrong with the weights is said before a warehouse is made.
    OfficialModel model = model(sized.train(), folder);
    ScoringPlan scoring =
        PlannedScoring.ofCalibration(
            sized.score(),
            model.networks().architecture(),
            spark.sparkContext().getConf(),
            terminal.err());
    ImportCategory.Plan plan =
        new ImportCategory.Plan(model, sized.train().falseAlarmRate(), scoring);
    Settings settings = PlannedScoring.recorded(sources, scoring).resolve();
    Lake lake = Lake.open(SparkSessions.open(settings));
    BundleReport report = new BundleReport(terminal, folder);
    report.counts();
    RunLog run = RunLog.start("import", settings.render(), Version.json());
    ImportCategory category = new ImportCategory(lake, plan, target(settings, run));
    PublishBundle.Result result =
        run.record(lake, () -> category.importModel(folder, report::rejected));
    if (common.json()) {
      terminal.json(report.shape(result, run.seconds()));
    } else {
      report.print(result, what(result, run.seconds()), settings.train());
    }
    return ExitCode.DONE;
  }

  private static void checkMapVariant(String variant) {
    if (!variant.equals(ImportCategory.MAP_VARIANT.title())) {
      throw new UsageException(
          "Cannot import with puad.train.map-variant %s: quantile.pt holds quantiles of resized maps, not of raw ones. Leave it at %s, or train with it."
              .formatted(variant, ImportCategory.MAP_VARIANT.title()));
    }
  }

  private OfficialModel model(TrainSettings train, CategoryFolder folder) {
    OfficialFiles files =
        OfficialFiles.find(
            pytorch,
            new OfficialFiles.Choice(
                folder.name(),
                Optional.ofNullable(size),
                Optional.ofNullable(dataset),
                folder.parentName()));
    FeatureSource source = FeatureSource.named(train.unpicturableFeatures());
    return OfficialModel.read(files, train.imageSize(), source);
  }

  private PublishBundle.Target target(Settings settings, RunLog run) {
    List<String> decisive =
        List.of(
            "image",
            "train.image-size",
            "train.false-alarm-rate",
            "train.unpicturable-features",
            "train.map-variant");
    // What calibrates decides the last bits only.
    List<String> described = new ArrayList<>(decisive);
    described.addAll(List.of("score.graph", "score.device"));
    return new PublishBundle.Target(
        settings.dataset(),
        settings.warehouse().resolve("bundles"),
        settings.renderOnly(described, List.of()),
        settings.renderOnly(decisive, List.of()),
        settings.image().limits(),
        run.run(),
        repeat());
  }

  private PublishBundle.Repeat repeat() {
    if (force) {
      return PublishBundle.Repeat.MAKE_ANOTHER;
    }
    return makeCurrent ? PublishBundle.Repeat.MAKE_CURRENT : PublishBundle.Repeat.REUSE;
  }

  private static String what(PublishBundle.Result result, double seconds) {
    return result.fitted().isEmpty()
        ? "was imported before with the same images; --force imports again"
        : String.format(Locale.ROOT, "imported in %.0f s", seconds);
  }
}
