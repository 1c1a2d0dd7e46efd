package dev.puad.jobs.cli;

import dev.puad.jobs.config.DistillSettings;
import dev.puad.jobs.config.Settings;
import dev.puad.jobs.config.UsageException;
import dev.puad.jobs.distill.BackboneChoice;
import dev.puad.jobs.distill.DistillPlan;
import dev.puad.jobs.distill.Distillation;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.RunLog;
import dev.puad.jobs.train.NaturalImages;
import dev.puad.model.distill.PixelScaling;
import dev.puad.model.distill.Recipe;
import dev.puad.model.distill.TeacherFile;
import dev.puad.model.network.Architecture;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code puad distill}: makes a teacher of a pretrained backbone and natural images. */
@Command(
    name = "distill",
    description = "Distils a teacher from a pretrained backbone (ONNX) on natural images.")
final class DistillCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private CommonOptions common;

  @Mixin private RoundsOptions rounds;

  @Option(
      names = "--backbone",
      paramLabel = "FILE.onnx",
      required = true,
      description = "The pretrained network: one image input, feature maps as outputs.")
  private Path backbone;

  @Option(
      names = "--images",
      paramLabel = "DIR|generated",
      required = true,
      description = "A folder of natural images, in any layout; or generated.")
  private String images;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "The teacher's file, for train --teacher; checkpoints lie beside it.")
  private Path out;

  @Option(
      names = "--network",
      paramLabel = "NAME",
      description = "Whose teacher: small, medium or tiny; default small.")
  private String network;

  @Option(
      names = "--recipe",
      paramLabel = "NAME",
      description = "paper or fast; default fast for tiny, else paper.")
  private String recipe;

  @Option(
      names = "--image-size",
      paramLabel = "N",
      description = "Side of the teacher's input in pixels; default the network's own.")
  private Integer imageSize;

  @Option(
      names = "--backbone-outputs",
      paramLabel = "NAME",
      split = ",",
      description = "Outputs to learn, with commas between; default all.")
  private List<String> backboneOutputs;

  @Option(
      names = "--backbone-size",
      paramLabel = "N",
      description = "Side of the backbone's input in pixels; default twice the teacher's.")
  private Integer backboneSize;

  @Option(
      names = "--backbone-centres",
      paramLabel = "PIXEL",
      split = ",",
      description =
          "The pixel on which the first cell of each output is centred; default: cells tile the"
              + " image.")
  private List<Double> backboneCentres;

  @Option(
      names = "--pixel-scaling",
      paramLabel = "NAME|R,G,B/R,G,B",
      description =
          "How the backbone wants pixels: imagenet, symmetric (-1 to 1), unit (0 to 1), or mean and"
              + " deviation of pixels from 0 to 1; default imagenet.")
  private String pixelScaling;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      description = "How weights are written: float32 or int8; default float32.")
  private String precision;

  @Option(
      names = "--licence",
      paramLabel = "TEXT",
      description = "A note for those who use the teacher, kept in its file.")
  private String licence;

  @Option(names = "--resume", description = "Go on from the last checkpoint, where there is one.")
  private boolean resume;

  @Option(names = "--force", description = "Replace the teacher's file, and discard a checkpoint.")
  private boolean force;

  DistillCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Distillation.Target target =
        new Distillation.Target(
            out,
            force ? Distillation.Existing.REPLACE : Distillation.Existing.REFUSE,
            resume ? Distillation.Start.LAST_CHECKPOINT : Distillation.Start.ANEW);
    target.check();
    Settings settings = settings();
    BackboneChoice choice = BackboneChoice.read(backbone, use(settings.distill()));
    Configuration hadoop = SparkSessions.session(settings).sessionState().newHadoopConf();
    NaturalImages natural = NaturalImages.open(hadoop, "--images", images);
    if (natural.isNone()) {
      throw new UsageException(
          "Cannot use --images \"\": it is empty. Give a folder of natural images, or generated.");
    }
    DistillPlan plan = plan(settings, choice, natural);
    Lake lake = Lake.open(SparkSessions.open(settings));
    Distillation distillation =
        new Distillation(
            lake.spark(),
            plan,
            target,
            settings.distill().checkpointSeconds(),
            new Distillation.Note(
                TeacherFile.Precision.named(settings.distill().precision()),
                settings.distill().licence(),
                Version.ofPuad()));
    RunLog run = RunLog.start("distill", settings.render(), Version.json());
    Distillation.Result result = run.record(lake, () -> distil(distillation, plan));
    report(plan, result, run.seconds());
    return ExitCode.DONE;
  }

  private Distillation.Result distil(Distillation distillation, DistillPlan plan) {
    try (Progress progress = new Progress(plan.steps())) {
      return distillation.run(progress);
    }
  }

  private Settings settings() {
    return rounds
        .addTo(common.sources(), "distill")
        .option("--network", "distill.network", network)
        .option("--recipe", "distill.recipe", recipe)
        .option("--image-size", "distill.image-size", imageSize)
        .option("--backbone-outputs", "distill.backbone-outputs", backboneOutputs)
        .option("--backbone-size", "distill.backbone-size", backboneSize)
        .option("--backbone-centres", "distill.backbone-centres", backboneCentres)
        .option("--pixel-scaling", "distill.pixel-scaling", pixelScaling)
        .option("--precision", "distill.precision", precision)
        .option("--licence", "distill.licence", licence)
        .resolve();
  }

  private static DistillPlan plan(Settings settings, BackboneChoice choice, NaturalImages natural) {
    DistillSettings distill = settings.distill();
    Architecture architecture = Architecture.named(distill.network());
    Recipe chosen =
        distill.recipe().isEmpty() ? Recipe.of(architecture) : Recipe.named(distill.recipe());
    return new DistillPlan(
        architecture,
        chosen,
        choice,
        natural,
        settings.image().limits(),
        side(distill, architecture),
        or(distill.steps(), chosen.steps()),
        or(distill.batchSize(), chosen.batchSize()),
        distill.workers(),
        distill.averagingFrequency(),
        parts(distill, chosen, natural),
        or(distill.statisticsImages(), chosen.statisticsImages()),
        distill.featureCacheBytes(),
        settings.seed());
  }

  private static BackboneChoice.Use use(DistillSettings distill) {
    int side = side(distill, Architecture.named(distill.network()));
    return new BackboneChoice.Use(
        distill.backboneOutputs(),
        or(distill.backboneSize(), 2 * side),
        PixelScaling.parse(distill.pixelScaling()).orElseThrow(),
        distill.backboneCentres());
  }

  private static int side(DistillSettings distill, Architecture architecture) {
    return or(distill.imageSize(), architecture.imageSize());
  }

  /**
   * Where the recipe sees every image whole, a folder's; of generated ones as many as are drawn.
   */
  private static int parts(DistillSettings distill, Recipe recipe, NaturalImages natural) {
    int drawn =
        (int)
            Math.min(
                Integer.MAX_VALUE / 2,
                (long) or(distill.steps(), recipe.steps())
                    * or(distill.batchSize(), recipe.batchSize()));
    int all = natural.isGenerated() ? drawn : natural.images().size();
    return or(distill.parts(), or(recipe.parts(), all));
  }

  private static int or(int given, int otherwise) {
    return given == 0 ? otherwise : given;
  }

  private void report(DistillPlan plan, Distillation.Result result, double seconds) {
    if (result.rejected() > 0) {
      terminal
          .err()
          .printf(
              "puad: images that cannot be read, others took their place: %d; the first is %s%n",
              result.rejected(), result.example());
    }
    if (common.json()) {
      Map<String, Object> shape = new LinkedHashMap<>();
      shape.put("teacher", result.file().toString());
      shape.put("network", plan.architecture().name());
      shape.put("steps", plan.steps());
      shape.put("images", plan.imageCount());
      shape.put("loss", result.loss());
      shape.put("seconds", seconds);
      terminal.json(shape);
    } else {
      terminal
          .out()
          .printf(
              Locale.ROOT,
              "a teacher for network %s in %s: %d steps in %.0f s, loss %.4f%n",
              plan.architecture().name(),
              result.file(),
              plan.steps(),
              seconds,
              result.loss());
    }
  }

  private final class Progress implements Distillation.Listener, AutoCloseable {

    private final int total;

    /** Null until it has begun. */
    private ProgressBar bar;

    Progress(int total) {
      this.total = total;
    }

    @Override
    public void begun(int steps) {
      if (steps > 0) {
        terminal.err().printf("puad: going on after step %d%n", steps);
      }
      bar = terminal.progressBar("distill " + out.getFileName(), steps, total);
    }

    @Override
    public void measured(int images) {
      terminal.err().printf("puad: the backbone's features were measured on %d images%n", images);
    }

    @Override
    public void trained(int steps, double loss) {
      bar.update(steps, String.format(Locale.ROOT, "loss %.4f", loss));
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
      }
    }
  }
}
