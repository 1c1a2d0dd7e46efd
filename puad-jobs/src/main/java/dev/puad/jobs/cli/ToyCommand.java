package dev.puad.jobs.cli;

import dev.puad.jobs.config.Settings;
import dev.puad.jobs.config.UsageException;
import dev.puad.model.BadInputException;
import dev.puad.model.dataset.SplitCounts;
import dev.puad.model.dataset.ToyDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code puad toy}: draws the black-circle data set of the LOCO paper's Appendix A. */
@Command(name = "toy", description = "Draws the black-circle data set, in DIR/black_circle.")
final class ToyCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private CommonOptions common;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where to.")
  private Path out;

  @Option(names = "--train", paramLabel = "N", description = "Training images; default 200.")
  private int train = ToyDataset.DEFAULT_COUNTS.train();

  @Option(names = "--validation", paramLabel = "N", description = "Validation images; default 50.")
  private int validation = ToyDataset.DEFAULT_COUNTS.validation();

  @Option(names = "--good", paramLabel = "N", description = "Good test images; default 60.")
  private int good = ToyDataset.DEFAULT_COUNTS.good();

  @Option(
      names = "--structural",
      paramLabel = "N",
      description = "Test images with a structural anomaly; default 60.")
  private int structural = ToyDataset.DEFAULT_COUNTS.structural();

  @Option(
      names = "--logical",
      paramLabel = "N",
      description = "Test images with a logical anomaly; default 60.")
  private int logical = ToyDataset.DEFAULT_COUNTS.logical();

  @Option(names = "--size", paramLabel = "PIXELS", description = "Side of images; default 256.")
  private int size = ToyDataset.DEFAULT_SIZE;

  ToyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Settings settings = common.settings();
    SplitCounts counts;
    try {
      counts = new SplitCounts(train, validation, good, structural, logical);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
    Path category;
    try {
      category = ToyDataset.write(out, counts, size, settings.seed());
    } catch (IOException e) {
      throw new BadInputException(
          "Cannot write to %s: %s. Choose another folder with --out.".formatted(out, e), e);
    }
    int images = train + validation + good + structural + logical;
    if (common.json()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("category", ToyDataset.CATEGORY);
      result.put("path", category.toAbsolutePath().normalize().toString());
      result.put("images", images);
      terminal.json(result);
    } else {
      terminal.out().printf("%d images in %s%n", images, category);
    }
    return ExitCode.DONE;
  }
}
