package dev.puad.jobs.cli;

import dev.puad.jobs.config.Settings;
import dev.puad.jobs.config.UsageException;
import dev.puad.jobs.pipeline.WholeFile;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.ModelFamily;
import dev.puad.jobs.table.ModelRow;
import dev.puad.jobs.table.Models;
import dev.puad.jobs.train.TrainCategory;
import dev.puad.model.BadInputException;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.onnx.GraphBuilder;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code puad export}: writes a bundle as one ONNX model, for any ONNX runtime. */
@Command(
    name = "export",
    description = "Writes all of a category's bundle as one ONNX file, for any ONNX runtime.")
final class ExportCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;

  @Option(
      names = "--category",
      paramLabel = "NAME",
      required = true,
      description = "The category whose bundle to write.")
  private String category;

  @Option(
      names = "--onnx",
      paramLabel = "FILE",
      required = true,
      description = "The file to write; what is there is replaced.")
  private Path file;

  @Option(
      names = "--graph",
      paramLabel = "NAME",
      defaultValue = "plain",
      description =
          "plain, the default: small, and for any runtime and GPUs; winograd: several times as large,"
              + " and faster on CPUs in ONNX Runtime.")
  private String graph;

  ExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    GraphVariant variant = variant();
    Path target = target();
    Settings settings = common.sources().resolve();
    Lake lake = Lake.existing(SparkSessions.openExisting(settings));
    ModelFamily family = new ModelFamily(settings.dataset(), category, TrainCategory.METHOD);
    ModelRow chosen = model.choose(new Models(lake), family);
    byte[] onnx = Bundle.open(Path.of(chosen.path()), chosen.checksum()).onnx(variant);
    write(target, onnx);
    report(variant, chosen, target, onnx.length);
    return ExitCode.DONE;
  }

  private GraphVariant variant() {
    return Stream.of(GraphVariant.PLAIN, GraphVariant.WINOGRAD)
        .filter(known -> known.title().equals(graph))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "Cannot export with --graph %s. Choose plain or winograd.".formatted(graph)));
  }

  private Path target() {
    Path target = file.toAbsolutePath().normalize();
    if (Files.isDirectory(target)) {
      throw new UsageException(
          "Cannot write --onnx %s: it is a folder. Name a file.".formatted(file));
    }
    if (!Files.isDirectory(target.getParent())) {
      throw new UsageException(
          "Cannot write --onnx %s: there is no folder %s. Correct the path."
              .formatted(file, target.getParent()));
    }
    return target;
  }

  private void write(Path target, byte[] onnx) {
    try {
      WholeFile.replace(target, whole -> Files.write(whole, onnx));
    } catch (UncheckedIOException e) {
      throw new BadInputException(
          "Cannot write --onnx %s: %s. Choose another file.".formatted(file, WholeFile.reason(e)),
          e);
    }
  }

  private void report(GraphVariant variant, ModelRow chosen, Path target, int bytes) {
    if (common.json()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("category", category);
      result.put("version", chosen.version());
      result.put("onnx", target.toString());
      result.put("graph", variant.title());
      result.put("opset", GraphBuilder.OPSET);
      result.put("bytes", bytes);
      terminal.json(result);
    } else {
      terminal
          .out()
          .printf(
              "%s: version %d of category %s, graph %s, ONNX operator set %d, %.1f MB%n",
              target, chosen.version(), category, variant.title(), GraphBuilder.OPSET, bytes / 1e6);
    }
  }
}
