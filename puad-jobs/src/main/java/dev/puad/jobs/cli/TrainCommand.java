package dev.puad.jobs.cli;

import dev.puad.jobs.config.SettingSources;
import dev.puad.jobs.config.Settings;
import dev.puad.jobs.config.TrainSettings;
import dev.puad.jobs.pipeline.CategoryFolder;
import dev.puad.jobs.pipeline.CategoryFolders;
import dev.puad.jobs.pipeline.ScoringPlan;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.RunLog;
import dev.puad.jobs.train.NaturalImages;
import dev.puad.jobs.train.PublishBundle;
import dev.puad.jobs.train.TeacherSource;
import dev.puad.jobs.train.TrainCategory;
import dev.puad.jobs.train.TrainingPlan;
import dev.puad.model.dataset.Augmentation;
import dev.puad.model.detect.FeatureSource;
import dev.puad.model.detect.MapVariant;
import dev.puad.model.network.Architecture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code puad train}: trains a bundle for each category of a folder. */
@Command(
    name = "train",
    description = "Trains on a category's normal images, or on every category of a folder.")
final class TrainCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private CommonOptions common;

  @Mixin private RoundsOptions rounds;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "A category's folder in LOCO or MVTec AD layout, or a folder of such folders.")
  private String data;

  @Option(
      names = "--network",
      paramLabel = "NAME",
      description = "small, medium or tiny; default small.")
  private String network;

  @Option(
      names = "--image-size",
      paramLabel = "N",
      description =
          "Side of the networks' input in pixels, a multiple of 4 and at least the network's own,"
              + " the default.")
  private Integer imageSize;

  @Option(
      names = "--teacher",
      paramLabel = "FILE",
      description =
          "builtin, the default; random; or weights for the teacher of --network: what puad distill"
              + " wrote, a PyTorch state dict, .npz or safetensors file.")
  private String teacher;

  @Option(
      names = "--map-variant",
      paramLabel = "NAME",
      description = "Whose anomaly maps: puad or nelson1425; default puad.")
  private String mapVariant;

  @Option(
      names = "--augmentation",
      paramLabel = "NAME",
      description =
          "none, the default; loco: as the LOCO paper augments the category; or some of"
              + " vertical-flip,horizontal-flip,rotation,color-jitter.")
  private String augmentation;

  @Option(
      names = "--penalty-images",
      paramLabel = "DIR|generated",
      description =
          "A folder of natural images, such as ImageNet's, for EfficientAD's penalty term; or"
              + " generated: images like them, drawn from the seed; default none.")
  private String penaltyImages;

  @Option(
      names = "--force",
      description = "Train although the same was trained on the same images before.")
  private boolean force;

  @Option(
      names = "--make-current",
      description =
          "Where the same was trained with the same images before, make that version the current one.")
  private boolean makeCurrent;

  TrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** What a training reads. */
  private record Inputs(
      List<CategoryFolder> folders, TeacherSource teacher, NaturalImages penalty) {}

  /** How a category is trained, and then calibrated. */
  private record Planned(TrainingPlan training, ScoringPlan scoring) {}

  @Override
  public Integer call() {
    SettingSources sources = sources();
    Settings given = sources.resolve();
    Architecture architecture = architecture(given.train());
    // Whatever is wrong with the inputs is said before a warehouse is made.
    Inputs inputs = inputs(given, architecture);
    ScoringPlan scoring =
        PlannedScoring.ofCalibration(
            given.score(),
            architecture,
            SparkSessions.session(given).sparkContext().getConf(),
            terminal.err());
    Settings settings = completed(PlannedScoring.recorded(sources, scoring), architecture, inputs);
    String fingerprinted = decisive(withContents(sources, inputs));
    List<TrainingPlan> plans = plans(settings, architecture, inputs);
    if (inputs.penalty().isNone()) {
      terminal
          .err()
          .println(
              "training without EfficientAD's penalty term: --penalty-images DIR|generated adds it");
    }
    Lake lake = Lake.open(SparkSessions.open(settings));
    List<Map<String, Object>> results = new ArrayList<>();
    for (int i = 0; i < plans.size(); i++) {
      Planned planned = new Planned(plans.get(i), scoring);
      results.add(train(lake, settings, fingerprinted, planned, inputs.folders().get(i)));
    }
    if (common.json()) {
      terminal.json(results.size() == 1 ? results.get(0) : Map.of("models", results));
    }
    return ExitCode.DONE;
  }

  private SettingSources sources() {
    return rounds
        .addTo(common.sources(), "train")
        .option("--network", "train.network", network)
        .option("--image-size", "train.image-size", imageSize)
        .option("--teacher", "train.teacher", teacher)
        .option("--map-variant", "train.map-variant", mapVariant)
        .option("--augmentation", "train.augmentation", augmentation)
        .option("--penalty-images", "train.penalty-images", penaltyImages);
  }

  private Inputs inputs(Settings given, Architecture architecture) {
    Configuration hadoop = SparkSessions.session(given).sessionState().newHadoopConf();
    List<CategoryFolder> folders =
        CategoryFolders.toTrain(hadoop, data).stream()
            .map(folder -> CategoryFolder.open(hadoop, folder))
            .toList();
    return new Inputs(
        folders,
        TeacherSource.open(given.train().teacher(), architecture),
        NaturalImages.open(hadoop, "--penalty-images", given.train().penaltyImages()));
  }

  /** The settings with what they leave to the network and the file system. */
  private static Settings completed(
      SettingSources sources, Architecture architecture, Inputs inputs) {
    return sources
        .option("--image-size", "train.image-size", architecture.imageSize())
        .option("--steps", "train.steps", steps(sources.resolve().train(), architecture))
        .option("--penalty-images", "train.penalty-images", inputs.penalty().root())
        .resolve();
  }

  /** The settings with what files hold instead of where they are: the same wherever they move. */
  private static Settings withContents(SettingSources sources, Inputs inputs) {
    return sources
        .option("--teacher", "train.teacher", inputs.teacher().fingerprint())
        .option("--penalty-images", "train.penalty-images", inputs.penalty().fingerprint())
        .resolve();
  }

  private static List<TrainingPlan> plans(
      Settings settings, Architecture architecture, Inputs inputs) {
    TrainSettings train = settings.train();
    List<TrainingPlan> plans = new ArrayList<>();
    for (CategoryFolder folder : inputs.folders()) {
      TrainingPlan.Input input =
          new TrainingPlan.Input(
              inputs.teacher(),
              Augmentation.parse(train.augmentation(), folder.name()),
              inputs.penalty(),
              train.teacherCacheBytes());
      plans.add(plan(settings, architecture, input));
    }
    return plans;
  }

  private Map<String, Object> train(
      Lake lake, Settings settings, String fingerprinted, Planned planned, CategoryFolder folder) {
    BundleReport report = new BundleReport(terminal, folder);
    report.counts();
    RunLog run = RunLog.start("train", settings.render(), Version.json());
    PublishBundle.Target target =
        new PublishBundle.Target(
            settings.dataset(),
            settings.warehouse().resolve("bundles"),
            described(settings),
            fingerprinted,
            settings.image().limits(),
            run.run(),
            repeat());
    TrainCategory training = new TrainCategory(lake, planned.training(), planned.scoring(), target);
    PublishBundle.Result result =
        run.record(lake, () -> train(training, planned.training(), folder, report));
    if (!common.json()) {
      report.print(result, what(result, run.seconds()), settings.train());
    }
    return report.shape(result, run.seconds());
  }

  private PublishBundle.Result train(
      TrainCategory training, TrainingPlan plan, CategoryFolder folder, BundleReport report) {
    try (ProgressBar bar = terminal.progressBar("train " + folder.name(), 0, plan.steps())) {
      return training.train(folder, new Progress(bar, report));
    }
  }

  private PublishBundle.Repeat repeat() {
    if (force) {
      return PublishBundle.Repeat.MAKE_ANOTHER;
    }
    return makeCurrent ? PublishBundle.Repeat.MAKE_CURRENT : PublishBundle.Repeat.REUSE;
  }

  private static String what(PublishBundle.Result result, double seconds) {
    return result.fitted().isEmpty()
        ? "was trained before on the same images; --force trains again"
        : "%d steps in %.0f s".formatted(result.steps(), seconds);
  }

  private static Architecture architecture(TrainSettings train) {
    Architecture architecture = Architecture.named(train.network());
    return train.imageSize() == 0 ? architecture : architecture.withImageSize(train.imageSize());
  }

  private static int steps(TrainSettings train, Architecture architecture) {
    return train.steps() == 0 ? architecture.recipe().steps() : train.steps();
  }

  /** What decides the result; what a cache may hold does not. */
  private static String decisive(Settings settings) {
    return settings.renderOnly(
        List.of("seed", "train", "image"), List.of("train.teacher-cache-bytes"));
  }

  /** The same with what decides its last bits: what calibrates. */
  private static String described(Settings settings) {
    return settings.renderOnly(
        List.of("seed", "train", "image", "score.graph", "score.device"),
        List.of("train.teacher-cache-bytes"));
  }

  private static TrainingPlan plan(
      Settings settings, Architecture architecture, TrainingPlan.Input input) {
    TrainSettings train = settings.train();
    return new TrainingPlan(
        architecture,
        train.steps(),
        train.batchSize(),
        train.workers(),
        train.averagingFrequency(),
        FeatureSource.named(train.unpicturableFeatures()),
        MapVariant.named(train.mapVariant()),
        train.falseAlarmRate(),
        train.crossFitBelow(),
        settings.seed(),
        input);
  }

  private final class Progress implements TrainCategory.Listener {

    private final ProgressBar bar;
    private final BundleReport report;

    Progress(ProgressBar bar, BundleReport report) {
      this.bar = bar;
      this.report = report;
    }

    @Override
    public void rejected(long images) {
      report.rejected(images);
    }

    @Override
    public void penaltyImagesRejected(int images, String example) {
      terminal
          .err()
          .printf(
              "puad: penalty images that cannot be read, others took their place: %d; the first is"
                  + " %s%n",
              images, example);
    }

    @Override
    public void trained(int steps, double loss) {
      bar.update(steps, String.format(Locale.ROOT, "loss %.4f", loss));
    }
  }
}
