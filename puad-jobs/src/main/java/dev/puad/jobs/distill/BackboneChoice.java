package dev.puad.jobs.distill;

import dev.puad.model.BadInputException;
import dev.puad.model.distill.Backbone;
import dev.puad.model.distill.PixelScaling;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A backbone and how to use it.
 *
 * @param onnx the model
 * @param source its file, for messages
 * @param outputs the names of those to learn
 * @param size the side of its input, in pixels
 * @param scaling of its pixels
 * @param centres the pixel on which each output's first cell is centred; none where its cells tile
 *     the image
 */
public record BackboneChoice(
    byte[] onnx,
    String source,
    List<String> outputs,
    int size,
    PixelScaling scaling,
    List<Double> centres)
    implements Serializable {

  /** What a broadcast can carry beside everything else. */
  private static final long MOST_BYTES = 1L << 30;

  public BackboneChoice {
    outputs = List.copyOf(outputs);
    centres = List.copyOf(centres);
  }

  /** How to use a backbone, all but the model itself. */
  public record Use(List<String> outputs, int size, PixelScaling scaling, List<Double> centres) {}

  /**
   * Reads a model's file.
   *
   * @param use where it names no outputs, all of the model's are learned
   * @throws BadInputException if there is no file, it is too large, no model, or has no such
   *     outputs
   */
  public static BackboneChoice read(Path file, Use use) {
    byte[] onnx = bytes(file);
    try (Backbone backbone = Backbone.open(onnx, file.toString(), use.outputs(), 1)) {
      if (!use.centres().isEmpty() && use.centres().size() != backbone.outputs().size()) {
        throw new BadInputException(
            "Cannot use --backbone-centres %s with the outputs %s: give one a piece."
                .formatted(use.centres(), backbone.outputs()));
      }
      return new BackboneChoice(
          onnx, file.toString(), backbone.outputs(), use.size(), use.scaling(), use.centres());
    }
  }

  private static byte[] bytes(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(
          "Cannot read --backbone %s: there is no such file. Correct the path.".formatted(file));
    }
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new BadInputException(
            "Cannot use --backbone %s: it has more than %d bytes. Give a smaller model."
                .formatted(file, MOST_BYTES));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new BadInputException(
          "Cannot read --backbone %s: %s. Make it readable.".formatted(file, e.getMessage()), e);
    }
  }
}
